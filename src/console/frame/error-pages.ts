import { statusOf } from '../../app/http/errors.ts'
import type { ConsoleSettings } from '../../config/console-settings.ts'
import type { RevalError } from '../../errors/reval-error.ts'
import { consoleRemedy } from '../words/remedies.ts'
import type { Link, Page } from './page.ts'

interface ErrorModel {
  readonly paragraphs: readonly string[]
  readonly link: Link
}

const OVERVIEW: Link = { text: 'Go to the overview', href: '/console' }
const RETRY_SECONDS = 30

function errorPage(status: number, heading: string, paragraphs: readonly string[], link = OVERVIEW): Page {
  const model: ErrorModel = { paragraphs, link }
  return { heading, template: 'error', model, status }
}

export function notFoundPage(): Page {
  return errorPage(404, 'Page not found', [
    'If you typed the address, check it is correct.',
    'Only the latest runs are kept. Doctors have the address /console/doctors.',
  ])
}

/** The page of an error. `request` identifies it in the log. */
export function pageOf(error: RevalError, { help }: ConsoleSettings, request: string): Page {
  const status = statusOf(error)
  switch (error.code) {
    case 'NOT_ALLOWED':
      return errorPage(403, 'You cannot do this', [
        'Your account has none of the roles that may do this. Operators may start and change runs; support staff may read everything.',
        `Ask ${help} for access.`,
      ])
    case 'FORM_REFUSED':
      return errorPage(403, 'The page was open too long, or came from somewhere else', [
        'Nothing was done. Go back, refresh the page and try again.',
      ])
    case 'TOO_MANY_REQUESTS':
      return errorPage(429, 'Too many requests', [`Wait ${RETRY_SECONDS} seconds and try again.`])
    case 'NOTHING_LIVE':
      return errorPage(409, 'Nothing is live yet', ['A run reads the sources and builds the lists.'], {
        text: 'Start a run',
        href: '/console/runs/new',
      })
    case 'RUN_UNKNOWN':
      return errorPage(404, 'Run not found', ['There is no run with this number. Only the latest runs are kept.'], {
        text: 'Go to the runs',
        href: '/console/runs',
      })
  }
  if (status === 400) return errorPage(400, 'The address or form is not valid', [`${error.message}.`])
  if (status === 503)
    return errorPage(
      503,
      'A server does not answer',
      [
        'What this page shows cannot be read at the moment. What is live stays live.',
        `${error.code}: ${consoleRemedy(error.code)}`,
      ],
      { text: 'See the servers', href: '/console/system' },
    )
  if (status === 409 || status === 404 || status === 504)
    return errorPage(status, 'This cannot be done now', [error.message, consoleRemedy(error.code)])
  return errorPage(500, 'There is a problem with the console', [
    'Nothing was changed in the lists. Try again.',
    `If it happens again, tell ${help} this number: ${request} (${error.code}).`,
  ])
}
