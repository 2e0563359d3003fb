import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { readAuditView } from '../audit-view.ts'
import type { Worker } from '../worker.ts'
import { read, textUpTo } from './requests.ts'

export const AUDIT_QUERY = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  before: textUpTo(200).min(1).optional(),
})

/** The audit log. */
export function addAuditRoutes(server: FastifyInstance, { context }: Pick<Worker, 'context'>): void {
  server.get('/api/sync/audit', async (request) => {
    const { limit, before } = read(AUDIT_QUERY, request.query)
    return readAuditView(context.ledger, limit, before)
  })
}
