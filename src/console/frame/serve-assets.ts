import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { read } from '../../app/http/requests.ts'
import type { Assets } from './assets.ts'

const PARAMS = z.object({ version: z.string(), name: z.string() })

/** Serves the files that pages load. Their addresses have the version, so browsers keep them indefinitely. */
export function addAssets(scope: FastifyInstance, assets: Assets): void {
  scope.get('/assets/:version/:name', async (request, reply) => {
    const { version, name } = read(PARAMS, request.params)
    const asset = version === assets.version ? assets.find(name) : null
    if (asset === null) {
      reply.callNotFound()
      return reply
    }
    const isCompressed = request.headers['accept-encoding']?.includes('gzip') === true
    if (isCompressed) void reply.header('content-encoding', 'gzip')
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'accept-encoding')
      .type(asset.type)
      .send(isCompressed ? asset.gzipped : asset.body)
  })
}
