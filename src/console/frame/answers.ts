import { randomBytes } from 'node:crypto'
import { CONSOLE_PATH } from '../../app/http/console.ts'
import type { ConsoleSettings } from '../../config/console-settings.ts'
import type { SyncContext } from '../../sync/context.ts'
import { timeOfDay } from '../words/instants.ts'
import { freshness } from './freshness.ts'
import { readFrameFacts } from './frame-facts.ts'
import { navigation } from './navigation.ts'
import { SERVICE_NAME, titleOf, type Page } from './page.ts'
import { takeDraft, takeFlash } from './sessions.ts'
import type { Render } from './templates.ts'
import type { Visit } from './visit.ts'

export interface FrameContext {
  readonly context: Pick<SyncContext, 'ledger'>
  readonly settings: ConsoleSettings
  readonly render: Render
  readonly assetsVersion: string
  /** Such as `Version 1.0.0, integration-1`. */
  readonly process: string
}

/** Sends a page in its frame. `visit` is null for people who are not signed in: they see no data. */
export async function sendPage(
  { context, settings, render, assetsVersion, process }: FrameContext,
  reply: Visit['reply'],
  visit: Visit | null,
  page: Page,
  now: number,
): Promise<void> {
  // People without a role see no data.
  const facts = visit?.may('support') === true ? await readFrameFacts(context) : null
  const flash = visit === null || visit.request.method !== 'GET' ? null : takeFlash(visit.request)
  const errors = page.errors ?? []
  const frame = {
    service: SERVICE_NAME,
    environment: settings.name,
    assets: `${CONSOLE_PATH}/assets/${assetsVersion}`,
    title: titleOf(page),
    heading: page.heading,
    person: visit === null ? null : { name: visit.person.name, isLocal: visit.person.subject === null },
    navigation: facts === null ? [] : navigation(page.section ?? null, facts),
    freshness: facts === null ? null : freshness(facts, now),
    breadcrumb: page.breadcrumb ?? [],
    back: page.back ?? null,
    flash,
    errors,
    live: page.live ?? null,
    asOf: timeOfDay(now),
    address: visit?.request.method === 'GET' ? visit.request.url : null,
    process,
    // What was typed into the form of this page before the session ended.
    draft: visit?.request.method === 'GET' ? takeDraft(visit.request, visit.request.url.split('?', 1)[0] ?? '') : null,
    csrf: visit === null ? '' : reply.generateCsrf(),
    // The same form sent twice is carried out once.
    request: randomBytes(8).toString('hex'),
  }
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.text ?? null
  const html = render(`pages/${page.template}.njk`, { frame, page: page.model, errorOf })
  await reply
    .status(page.status ?? 200)
    .type('text/html; charset=utf-8')
    .send(html)
}
