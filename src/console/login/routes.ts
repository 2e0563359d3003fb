import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import * as z from 'zod'
import { addressOf } from '../../app/http/access/address.ts'
import { CONSOLE_PATH } from '../../app/http/console.ts'
import { read } from '../../app/http/requests.ts'
import type { Config } from '../../config/config.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import { beginAudit, type AuditContext } from '../../sync/audit/audit.ts'
import type { Page } from '../frame/page.ts'
import { personMay, type Person } from '../frame/person.ts'
import { keepPending, takePending, type Sessions } from '../frame/sessions.ts'
import { personFrom } from './person-from-claims.ts'
import { LogInProvider } from './provider.ts'

const TO = z.object({
  to: z.string().max(2_000).default(CONSOLE_PATH).catch(CONSOLE_PATH),
  ended: z.string().optional(),
})
const LONGEST_PATH = 300
const BACK = z.object({ state: z.string().default('') })

export interface LogInTools {
  readonly sessions: Sessions
  readonly audit: AuditContext
  /** Shows a page without navigation. */
  readonly show: (request: FastifyRequest, reply: FastifyReply, page: Page) => Promise<FastifyReply>
  /** Checks the form of the log-out. */
  readonly checked: Pick<RouteShorthandOptions, 'preValidation'>
}

/** Logging in and out. Without a configured log-in, the page says so. */
export function addLogIn(scope: FastifyInstance, config: Config, { sessions, audit, show, checked }: LogInTools): void {
  const { logIn } = config.console
  const { oidc } = config.http
  const provider = logIn === null || oidc === null ? null : new LogInProvider(oidc, logIn)

  /** The ledger may be away, and the console must open nevertheless. */
  const record = async (
    request: FastifyRequest,
    what: string,
    person: Person | null,
    refusal: string,
  ): Promise<void> => {
    try {
      const complete = await beginAudit(audit, {
        who: person?.subject ?? 'not logged in',
        roles: person?.roles ?? [],
        from: `console ${addressOf(request)}`,
        what,
        subject: null,
        why: refusal,
      })
      await complete(refusal === '' ? { outcome: 'done', code: null } : { outcome: 'refused', code: 'NOT_SIGNED_IN' })
    } catch (error) {
      const { code, message } = asRevalError(error)
      request.log.error({ code, reason: message, what }, 'cannot record in the audit log')
    }
  }

  scope.get('/login', async (request, reply) => {
    if (sessions.isOpen) return reply.redirect(CONSOLE_PATH, 303)
    const { to, ended } = read(TO, request.query)
    const model = {
      start: `${CONSOLE_PATH}/login/start?to=${encodeURIComponent(pathIn(to))}`,
      isConfigured: provider !== null,
      hasEnded: ended !== undefined,
      clientUrl: config.console.clientUrl,
    }
    return show(request, reply, { heading: 'Log in to Revalidation sync', title: 'Log in', template: 'login', model })
  })

  scope.get('/logged-out', async (request, reply) =>
    show(request, reply, { heading: 'You are logged out', template: 'logged-out', model: {} }),
  )

  scope.post('/logout', checked, async (request, reply) => {
    const person = sessions.isOpen ? null : sessions.personOf(request)
    sessions.end(request)
    if (person !== null) await record(request, 'log out', person, '')
    const url = await logOutUrl(request, provider)
    return reply.redirect(url ?? `${CONSOLE_PATH}/logged-out`, 303)
  })

  scope.get('/login/start', async (request, reply) => {
    if (provider === null) return reply.redirect(`${CONSOLE_PATH}/login`, 303)
    const { url, pending } = await provider.start(pathIn(read(TO, request.query).to))
    keepPending(request, pending)
    return reply.redirect(url, 303)
  })

  scope.get('/login/back', async (request, reply) => {
    if (provider === null || oidc === null) return reply.redirect(`${CONSOLE_PATH}/login`, 303)
    const pending = takePending(request, read(BACK, request.query).state)
    // Begun in another browser, or too long ago.
    if (pending === null) return reply.redirect(`${CONSOLE_PATH}/login?ended=yes`, 303)
    let person: Person
    try {
      person = personFrom(await provider.finish(request.url.split('?')[1] ?? '', pending), oidc.rolesClaim)
    } catch (error) {
      const { code, message } = asRevalError(error)
      if (code === 'NOT_SIGNED_IN') await record(request, 'log in', null, message)
      throw error
    }
    sessions.begin(request, person)
    await record(request, 'log in', person, personMay(person, 'support') ? '' : 'none of the roles may use the console')
    return reply.redirect(pending.to, 303)
  })
}

/** The local session is over even if the provider does not answer. */
async function logOutUrl({ log }: FastifyRequest, provider: LogInProvider | null): Promise<string | null> {
  try {
    return (await provider?.logOutUrl()) ?? null
  } catch (error) {
    const { code, message } = asRevalError(error)
    log.warn({ code, reason: message }, 'cannot log out at the provider')
    return null
  }
}

/** A page of the console; anything else, such as another site, becomes the overview. */
export function pathIn(to: string): string {
  // It is kept in a cookie, of which browsers drop those above 4 kB.
  if (to.length > LONGEST_PATH) return CONSOLE_PATH
  const url = URL.canParse(to, 'http://console.invalid') ? new URL(to, 'http://console.invalid') : null
  if (url?.host !== 'console.invalid' || !to.startsWith(CONSOLE_PATH)) return CONSOLE_PATH
  const isPage = url.pathname === CONSOLE_PATH || url.pathname.startsWith(`${CONSOLE_PATH}/`)
  return isPage && !url.pathname.startsWith(`${CONSOLE_PATH}/log`) ? `${url.pathname}${url.search}` : CONSOLE_PATH
}
