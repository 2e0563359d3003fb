import type { FastifyRequest } from 'fastify'
import { isIP } from 'node:net'

/**
 * The address that a request comes from: that of the connection, or, from a trusted proxy, the one that it forwards for. A proxy
 * may forward anything; anything else than an address is ignored.
 */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return isIP(ip) === 0 ? (socket.remoteAddress ?? 'unknown') : ip
}
