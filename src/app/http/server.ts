import { fastifySSE } from '@fastify/sse'
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { AccessSettings } from '../../config/access-settings.ts'
import type { HttpSettings } from '../../config/config.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Log } from '../log.ts'
import type { Worker } from '../worker.ts'
import { auditRoutes } from './access/audit.ts'
import { guardRoutes, signedIn } from './access/guard.ts'
import { acceptBodies } from './bodies.ts'
import type { HttpConsole } from './console.ts'
import { answerError } from './errors.ts'
import { addSecurityHeaders, LIMITS } from './protection.ts'
import { addAuditRoutes } from './audit-routes.ts'
import { addCompareRoutes } from './compare-routes.ts'
import { addEraseRoutes } from './erase-routes.ts'
import { addEventRoutes } from './event-routes.ts'
import { addExplainRoutes } from './explain-routes.ts'
import { addFailureRoutes } from './failure-routes.ts'
import { addHealthRoutes } from './health-routes.ts'
import { addMetricsRoute, measureRequests } from './metrics-route.ts'
import { addLookUpRoutes } from './look-up-routes.ts'
import { addResyncRoutes } from './resync-routes.ts'
import { addNotificationRoutes } from './notification-routes.ts'
import { addScheduleRoutes } from './schedule-routes.ts'
import { addSyncRoutes } from './sync-routes.ts'
import { addListApi } from './list-api.ts'
import { documentRoutes } from './openapi/document.ts'
import { answerUnknownRoutes } from './unknown-routes.ts'
import { Streams } from './live/streams.ts'
import { addVerifyRoutes } from './verify-routes.ts'

/** Proxies close connections that are silent for longer. */
const HEARTBEAT_MS = 15_000

export interface HttpServer {
  /** Where it listens, such as `http://127.0.0.1:8088`. */
  readonly address: string
  stop(): Promise<void>
}

/** The parts of a worker that the routes use. */
export type ServedWorker = Pick<
  Worker,
  | 'config'
  | 'context'
  | 'integration'
  | 'services'
  | 'sources'
  | 'lists'
  | 'health'
  | 'queues'
  | 'generations'
  | 'live'
  | 'telemetry'
>

/** The server with the routes of a worker's services. Those of the sync job, and the console, belong to integration. */
export async function createHttpServer(
  worker: ServedWorker,
  log: Log,
  access: AccessSettings,
  console: HttpConsole | null = null,
): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = log
  const server: FastifyInstance = fastify({
    ...LIMITS,
    loggerInstance,
    forceCloseConnections: true,
    trustProxy: access.trustedProxies.length > 0 && [...access.trustedProxies],
  })
  server.setErrorHandler(answerError)
  const { metrics } = worker.telemetry
  if (metrics !== null) measureRequests(server, metrics)
  acceptBodies(server)
  await addSecurityHeaders(server)
  answerUnknownRoutes(server, { hasConsole: console !== null })
  await guardRoutes(server, access, {
    now: () => worker.context.clock.now(),
    consoleCallerOf: console === null ? undefined : (request) => console.callerOf(request),
  })
  auditRoutes(server, worker.context)
  await documentRoutes(server)
  const streams = new Streams()
  streams.addTo(server)
  // Not by `register`, which would hide it from the routes of this server.
  await fastifySSE(server, { heartbeatInterval: HEARTBEAT_MS })
  addHealthRoutes(server, worker.services)
  if (metrics !== null) addMetricsRoute(server, metrics)
  if (worker.integration !== null) {
    addSyncRoutes(server, worker)
    addCompareRoutes(server, worker)
    addVerifyRoutes(server, worker)
    addExplainRoutes(server, worker)
    addResyncRoutes(server, worker)
    addFailureRoutes(server, worker)
    addEraseRoutes(server, worker)
    addAuditRoutes(server, worker)
    addLookUpRoutes(server, worker)
    addScheduleRoutes(server, worker)
    addEventRoutes(server, worker, streams)
    addNotificationRoutes(server, worker)
  }
  addListApi(server, {
    ...worker.lists,
    services: worker.services.map(({ name }) => name),
    permitted: (request) => signedIn(request).bodies,
  })
  await console?.register(server, streams)
  return server
}

/**
 * Starts to listen. Rejects HTTP_PORT_IN_USE, HTTP_PORT_FORBIDDEN or HTTP_ADDRESS_REFUSED. The configuration ensures that
 * callers sign in at an address beyond loopback.
 */
export async function listen(
  worker: ServedWorker,
  log: Log,
  settings: HttpSettings,
  console: HttpConsole | null = null,
): Promise<HttpServer> {
  const { host, port } = settings
  const server = await createHttpServer(worker, log, settings, console)
  try {
    const address = await server.listen({ host, port, listenTextResolver: (text) => text })
    return { address, stop: () => server.close() }
  } catch (error) {
    await server.close()
    throw await listenError(error, { host, port })
  }
}

/** How long to wait for the process on the port to identify itself. */
const WHO_TIMEOUT_MS = 1_000

/** The services of another process of ours that has the port; null if it is something else, or says nothing. */
async function servicesAt(host: string, port: number): Promise<string | null> {
  try {
    const named = host.includes(':') ? `[${host}]` : host
    const answer = await fetch(`http://${named}:${port}/health/live`, { signal: AbortSignal.timeout(WHO_TIMEOUT_MS) })
    const live = LIVE.safeParse(await answer.json())
    return live.success ? live.data.services.join(', ') : null
  } catch {
    // Another program listens on the port. That it is in use is enough to know.
    return null
  }
}

const LIVE = z.object({ live: z.literal(true), services: z.array(z.string()) })

async function listenError(error: unknown, { host, port }: { host: string; port: number }): Promise<RevalError> {
  const code = error instanceof Error && 'code' in error ? error.code : null
  const reason = error instanceof Error ? error.message : String(error)
  if (code === 'EADDRINUSE') {
    const services = await servicesAt(host, port)
    const by = services === null ? '' : ` by reval (${services})`
    return new RevalError('HTTP_PORT_IN_USE', `port ${port} on ${host} is in use${by}`, { cause: error })
  }
  if (code === 'EACCES') {
    return new RevalError('HTTP_PORT_FORBIDDEN', `no permission to listen on port ${port} on ${host}`, {
      cause: error,
    })
  }
  return new RevalError('HTTP_ADDRESS_REFUSED', `cannot listen on ${host}:${port}: ${reason}`, { cause: error })
}
