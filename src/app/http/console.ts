import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller } from './access/caller.ts'
import type { Streams } from './live/streams.ts'

/** The path of every page, and of the files that pages load. */
export const CONSOLE_PATH = '/console'

/** The server-rendered pages for support and operators. The layer above adds them to the server. */
export interface HttpConsole {
  /** The caller of a request to a page. Throws NOT_SIGNED_IN without a session. */
  callerOf(request: FastifyRequest): Caller
  /** Adds all routes of the console. */
  register(server: FastifyInstance, streams: Streams): Promise<void>
}

export function isConsolePath(path: string): boolean {
  return path === CONSOLE_PATH || path.startsWith(`${CONSOLE_PATH}/`) || path.startsWith(`${CONSOLE_PATH}?`)
}
