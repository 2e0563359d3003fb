import { paragraphsOf, titleOf, type Destination, type Sent } from '../destination.ts'
import { post } from './post.ts'

/** A message for the trigger "When a Teams webhook request is received" of a workflow: an Adaptive Card. */
export function teamsMessage(sent: Sent): object {
  const text = (each: string) => ({ type: 'TextBlock', text: plain(each), wrap: true })
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [{ ...text(titleOf(sent)), size: 'Medium', weight: 'Bolder' }, ...paragraphsOf(sent).map(text)],
    ...(sent.link !== null && { actions: [{ type: 'Action.OpenUrl', title: 'Open the console', url: sent.link }] }),
  }
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }
  return { type: 'message', attachments: [attachment] }
}

/** Cards read Markdown: `SOURCE_FAILED_X_` would lose its underscores. */
const plain = (text: string) => text.replace(/[\\`*_[\]]/g, '\\$&')

export function teamsDestination({ url }: { readonly url: string }): Destination {
  return { name: 'teams', send: (sent, signal) => post(url, JSON.stringify(teamsMessage(sent)), {}, signal) }
}
