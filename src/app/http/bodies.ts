import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refused } from './errors.ts'

const JSON_TYPE = /^application\/(?:[^;]+\+)?json\s*(?:;|$)/i

/**
 * Bodies are JSON, or not there: many clients name a content type and send nothing (`curl -d ''`, HTTP libraries), and
 * no route needs a body. Anything else is refused with 415, what is no JSON with 400.
 */
export function acceptBodies(server: FastifyInstance): void {
  server.addHook('onRequest', async ({ headers }) => {
    // A type that is no type at all would be refused before anybody sees that there is no body.
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
      // The parser's own words would show a piece of the body.
      throw new Refused(400, 'the body is not JSON')
    }
  })
}
