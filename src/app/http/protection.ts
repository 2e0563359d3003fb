import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import { LogController, type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { RevalError } from '../../errors/reval-error.ts'
import { answerError } from './errors.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'

/** Enough for a token with 8 kB of claims, in base64, with the other headers and the address. */
const HEADER_BYTES = 16_384
const BODY_BYTES = 1_048_576
/** How long a request may take to arrive. */
const ARRIVAL_MS = 30_000
/** Longer than any stored id, even encoded; the routes check the rest. */
export const LONGEST_PARAMETER = 1_000

/** Options of the server that limit requests before they reach a route, and that answer invalid HTTP. */
export const LIMITS = {
  bodyLimit: BODY_BYTES,
  requestTimeout: ARRIVAL_MS,
  http: { maxHeaderSize: HEADER_BYTES },
  routerOptions: { maxParamLength: LONGEST_PARAMETER },
  logController: new LogController({ disableRequestLogging: true }),
  frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    // These arise before routing, so hooks of the server may not have run.
    return answerError(error, request, reply)
  },
  clientErrorHandler: refuseConnection,
}

const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers a request that Node's parser refuses. */
function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = PARSER_STATUS[error.code ?? ''] ?? 400
  const title = STATUS_CODES[status] ?? ''
  const body = JSON.stringify(problemOf(new RevalError('USAGE', title.toLowerCase()), status))
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Headers for an API: answers load nothing and are neither framed nor cached. No HSTS, because a proxy in front handles TLS. */
export async function addSecurityHeaders(server: FastifyInstance): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: false,
  })
  server.addHook('onRequest', async (_request, reply) => {
    void reply.header('cache-control', 'no-store')
  })
}
