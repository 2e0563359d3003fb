import { paragraphsOf, titleOf, type Destination, type Sent } from '../destination.ts'
import { post } from './post.ts'

/** The characters that Slack gives a meaning. */
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A message for an incoming webhook of Slack. */
export function slackMessage(sent: Sent): object {
  const title = titleOf(sent)
  const lines = paragraphsOf(sent).map(escaped)
  const link = sent.link === null ? [] : [`<${sent.link}|Open the console>`]
  return {
    // What a phone shows, and screen readers read.
    text: escaped(`${title}: ${sent.notification.text}`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title } },
      { type: 'section', text: { type: 'mrkdwn', text: [...lines, ...link].join('\n') } },
    ],
  }
}

export function slackDestination({ url }: { readonly url: string }): Destination {
  return { name: 'slack', send: (sent, signal) => post(url, JSON.stringify(slackMessage(sent)), {}, signal) }
}
