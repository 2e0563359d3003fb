import { statusOf } from '../../app/http/errors.ts'
import type { ConsoleSettings } from '../../config/console-settings.ts'
import type { RevalError } from '../../errors/reval-error.ts'
import { consoleRemedy } from '../words/remedies.ts'
import type { Link, Page } from './page.ts'

interface ErrorModel {
  readonly paragraphs: readonly string[]
  readonly link: Link | null
}

const OVERVIEW: Link = { text: 'Go to the overview', href: '/console' }
const RETRY_SECONDS = 30

function errorPage(status: number, heading: string, paragraphs: readonly string[], link: Link | null = OVERVIEW): Page {
  const model: ErrorModel = { paragraphs, link }
  return { heading, template: 'error', model, status }
}

export function notFoundPage(): Page {
  return errorPage(404, 'Page not found', [
    'If you typed the address, check it is correct.',
    'Only the latest runs are kept. Doctors have the address /console/doctors.',
  ])
}

export interface ErrorContext {
  readonly settings: ConsoleSettings
  /** Identifies the request in the log. */
  readonly request: string
  /** The name of the person; null if not logged in. */
  readonly account: string | null
  /** Whether the person may use the console at all. */
  readonly isPermitted: boolean
}

/** The page of an error. */
export function pageOf(error: RevalError, { settings, request, account, isPermitted }: ErrorContext): Page {
  const { help, clientUrl } = settings
  const status = statusOf(error)
  switch (error.code) {
    case 'NOT_ALLOWED':
      if (account === null)
        return errorPage(403, 'You cannot use this console from here', [
          'Log in is switched off, so this console answers on this machine only.',
        ])
      if (isPermitted)
        return errorPage(403, 'Only operators can do this', [
          `Your account can read everything. Ask an operator, or ${help}, to do it.`,
        ])
      return errorPage(
        403,
        'You cannot use this console',
        [
          `Your account (${account}) has none of the roles that may open it. Ask ${help} for support or operator access.`,
          'To see the lists of your designated body, use the revalidation service.',
        ],
        clientUrl === '' ? null : { text: 'Go to the revalidation service', href: clientUrl },
      )
    case 'NOT_SIGNED_IN':
      return errorPage(
        403,
        'We could not log you in',
        ['The log-in service refused the log-in, or its answer was not valid. Nothing was changed.'],
        { text: 'Log in', href: '/console/login' },
      )
    case 'SIGN_IN_UNAVAILABLE':
      return errorPage(
        503,
        'We cannot log you in at the moment',
        ['The log-in service does not answer. The lists and runs are not affected.'],
        { text: 'Try again', href: '/console/login' },
      )
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
