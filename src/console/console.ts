import csrfProtection from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasSignedIn } from '../app/http/access/guard.ts'
import { CONSOLE_PATH, type HttpConsole } from '../app/http/console.ts'
import { isLogged, statusOf } from '../app/http/errors.ts'
import type { Streams } from '../app/http/live/streams.ts'
import type { ServedWorker } from '../app/http/server.ts'
import { VERSION } from '../app/version.ts'
import type { Config } from '../config/config.ts'
import { maskedReason } from '../errors/masked.ts'
import { originOf } from '../errors/origin.ts'
import { asRevalError, RevalError } from '../errors/reval-error.ts'
import { sendPage, type FrameContext } from './frame/answers.ts'
import { readAssets } from './frame/assets.ts'
import type { ConsoleScope } from './frame/console-scope.ts'
import { notFoundPage, pageOf } from './frame/error-pages.ts'
import { addAssets } from './frame/serve-assets.ts'
import { addPageHeaders, isFromThisSite } from './frame/page-headers.ts'
import type { Done, Page } from './frame/page.ts'
import { callerOf } from './frame/person.ts'
import { Sessions, setFlash } from './frame/sessions.ts'
import { openTemplates } from './frame/templates.ts'
import { Visit } from './frame/visit.ts'
import { addLiveRoutes } from './live/routes.ts'
import { revisionOf } from './live/views.ts'
import { addLogIn } from './login/routes.ts'
import { askToLogIn } from './login/session-over.ts'
import { addPages } from './pages/pages.ts'

type Handler = (visit: Visit) => Promise<Page | Done>

/** The console of a worker; null without integration, to which it belongs. Throws CONSOLE_ASSETS. */
export function openConsole(worker: ServedWorker, config: Config): HttpConsole | null {
  if (worker.integration === null) return null
  const sessions = new Sessions(config)
  return {
    callerOf: (request) => callerOf(sessions.personOf(request)),
    register: async (server, streams) => {
      await server.register((scope) => addConsole(scope, streams, worker, config, sessions), { prefix: CONSOLE_PATH })
    },
  }
}

async function addConsole(
  scope: FastifyInstance,
  streams: Streams,
  worker: ServedWorker,
  config: Config,
  sessions: Sessions,
): Promise<void> {
  const { clock, holder } = worker.context
  const assets = readAssets()
  const frame: FrameContext = {
    context: worker.context,
    settings: config.console,
    render: openTemplates(),
    assetsVersion: assets.version,
    process: `Version ${VERSION}, ${holder}`,
  }
  const visitOf = (request: FastifyRequest, reply: FastifyReply) =>
    new Visit(request, reply, sessions.personOf(request), clock.now())

  await scope.register(formbody)
  await sessions.addTo(scope)
  await scope.register(csrfProtection, {
    sessionPlugin: '@fastify/secure-session',
    getToken: ({ body }) => tokenIn(body),
  })
  addPageHeaders(scope, config)
  addAssets(scope, assets)

  const known = (request: FastifyRequest, reply: FastifyReply): Visit | null => {
    // Without a log-in, only the guard knows whether the request comes from this machine.
    if (sessions.isOpen && !hasSignedIn(request)) return null
    try {
      return visitOf(request, reply)
    } catch (error) {
      if (asRevalError(error).code === 'NOT_SIGNED_IN') return null
      throw error
    }
  }
  const show = async (request: FastifyRequest, reply: FastifyReply, page: Page): Promise<FastifyReply> => {
    await sendPage(frame, reply, known(request, reply), page, clock.now())
    return reply
  }
  scope.setErrorHandler(async (error, request, reply) => {
    const coded = codedError(error)
    if (coded.code === 'NOT_SIGNED_IN' && known(request, reply) === null && !request.url.startsWith(LOGGED_IN))
      return askToLogIn(request, reply)
    if (isLogged(coded.code, statusOf(coded))) {
      const reason = maskedReason(coded.code, coded.message)
      request.log.error({ code: coded.code, reason, origin: originOf(coded.cause), request: request.id }, 'page failed')
    }
    const visit = known(request, reply)
    const about = { settings: config.console, request: request.id, account: visit?.person.name ?? null }
    return show(request, reply, pageOf(coded, { ...about, isPermitted: visit?.may('support') === true }))
  })
  scope.setNotFoundHandler((request, reply) => show(request, reply, notFoundPage()))

  const answer = async (visit: Visit, handler: Handler): Promise<FastifyReply> => {
    const { request, reply } = visit
    const answered = await handler(visit)
    if ('to' in answered) {
      if (answered.banner !== undefined) setFlash(request, answered.banner)
      return reply.redirect(answered.to, 303)
    }
    await sendPage(frame, reply, visit, answered, visit.now)
    return reply
  }
  const checked = { preValidation: [refuseOtherSites, scope.csrfProtection.bind(scope)] }
  const pages: ConsoleScope = {
    worker,
    config,
    server: scope,
    streams,
    revision: async (view, run) => revisionOf(view, await worker.live.snapshot(), run ?? null),
    page: (path, show) => {
      scope.get(path, async (request, reply) => answer(visitOf(request, reply), show))
    },
    action: (path, act) => {
      scope.post(path, checked, async (request, reply) => answer(visitOf(request, reply), act))
    },
  }
  addLogIn(scope, config, { sessions, audit: worker.context, show, checked })
  addLiveRoutes(pages)
  addPages(pages)
}

/** The provider sends the browser back here. */
const LOGGED_IN = `${CONSOLE_PATH}/login/back`

async function refuseOtherSites({ headers }: FastifyRequest): Promise<void> {
  if (!isFromThisSite(headers)) throw new RevalError('FORM_REFUSED', 'the form was sent from another site')
}

function tokenIn(body: unknown): string {
  return typeof body === 'object' && body !== null && '_csrf' in body && typeof body._csrf === 'string'
    ? body._csrf
    : ''
}

/** An error with the code for its page: that of a refused form token is Fastify's. */
function codedError(error: unknown): RevalError {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('FST_CSRF_'))
    return new RevalError('FORM_REFUSED', 'the form has no valid token', { cause: error })
  // What Fastify refuses before it reaches a page, such as a form that is too large.
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null
  if (error instanceof Error && typeof status === 'number' && status >= 400 && status < 500)
    return new RevalError('USAGE', error.message.toLowerCase(), { cause: error })
  return asRevalError(error)
}
