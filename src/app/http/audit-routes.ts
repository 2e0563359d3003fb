import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { readAuditView } from '../audit-view.ts'
import type { Worker } from '../worker.ts'
import { read } from './requests.ts'

const QUERY = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  before: z.string().min(1).max(200).optional(),
})

/** The audit log. */
export function addAuditRoutes(server: FastifyInstance, { context }: Pick<Worker, 'context'>): void {
  server.get('/api/sync/audit', async (request) => {
    const { limit, before } = read(QUERY, request.query)
    return readAuditView(context.ledger, limit, before)
  })
}
