import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refused } from './errors.ts'

const JSON_TYPE = /^application\/(?:[^;]+\+)?json\s*(?:;|$)/i

/**
 * Accepts JSON bodies and empty ones, whatever their content type: many clients send a content type without a body
 * (`curl -d ''`), and every body is optional. Rejects other content types with 415, invalid JSON with 400.
 */
export function acceptBodies(server: FastifyInstance): void {
  server.addHook('onRequest', async ({ headers }) => {
    // Otherwise a malformed content type would be refused although there is no body.
    if (Number(headers['content-length'] ?? 0) === 0 && headers['transfer-encoding'] === undefined) {
      delete headers['content-type']
    }
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, async ({ headers }: FastifyRequest, body: string) => {
    if (body.trim() === '') return null
    const type = headers['content-type']
    if (type !== undefined && !JSON_TYPE.test(type)) throw new Refused(415, 'the body must be application/json')
    try {
      return JSON.parse(body) as unknown
    } catch {
      // The message of the parser would include a piece of the body.
      throw new Refused(400, 'the body is not JSON')
    }
  })
}
