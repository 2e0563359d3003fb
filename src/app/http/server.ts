import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { RevalError } from '../../errors/reval-error.ts'
import type { Log } from '../log.ts'
import type { Worker } from '../worker.ts'
import { answerError, errorBody } from './errors.ts'
import { addHealthRoutes } from './health-routes.ts'
import { addSyncRoutes } from './sync-routes.ts'

export interface HttpServer {
  /** Where it listens, such as `http://127.0.0.1:8088`. */
  readonly address: string
  stop(): Promise<void>
}

/** The routes of a worker's services. The sync job's are integration's. */
export function createHttpServer(
  worker: Pick<Worker, 'context' | 'integration' | 'services'>,
  log: Log,
  operatorToken: string,
): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = log
  const logController = new LogController({ disableRequestLogging: true })
  const server: FastifyInstance = fastify({ loggerInstance, logController, forceCloseConnections: true })
  server.setErrorHandler(answerError)
  server.setNotFoundHandler(async (request, reply) => {
    const error = new RevalError('USAGE', `there is nothing at ${request.method} ${request.url}`)
    return reply.status(404).send(errorBody(error))
  })
  addHealthRoutes(server, worker.services)
  if (worker.integration !== null) addSyncRoutes(server, worker, operatorToken)
  return server
}

/**
 * Starts to listen. Rejects HTTP_PORT_IN_USE or HTTP_ADDRESS_REFUSED. That an address beyond loopback needs a token is
 * the configuration's concern.
 */
export async function listen(
  worker: Pick<Worker, 'context' | 'integration' | 'services'>,
  log: Log,
  { operatorToken, ...where }: { readonly host: string; readonly port: number; readonly operatorToken: string },
): Promise<HttpServer> {
  const server = createHttpServer(worker, log, operatorToken)
  try {
    const address = await server.listen({ ...where, listenTextResolver: (text) => text })
    return { address, stop: () => server.close() }
  } catch (error) {
    await server.close()
    throw listenError(error, where)
  }
}

function listenError(error: unknown, { host, port }: { host: string; port: number }): RevalError {
  const code = error instanceof Error && 'code' in error ? error.code : null
  const reason = error instanceof Error ? error.message : String(error)
  if (code === 'EADDRINUSE')
    return new RevalError('HTTP_PORT_IN_USE', `port ${port} of ${host} is in use`, { cause: error })
  return new RevalError('HTTP_ADDRESS_REFUSED', `cannot listen on ${host}:${port}: ${reason}`, { cause: error })
}
