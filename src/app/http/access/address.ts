import type { FastifyRequest } from 'fastify'
import { isIP } from 'node:net'

/**
 * The address of a caller: that of the connection, or, behind a trusted proxy, the one that the proxy forwards. A forwarded text
 * that is not an address is ignored.
 */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return isIP(ip) === 0 ? (socket.remoteAddress ?? 'unknown') : ip
}
