import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { RevalError } from '../../errors/reval-error.ts'
import { REPAIRS } from '../../ports/run-ledger.ts'
import type { Verification } from '../../ports/verification.ts'
import { readInstallation, readRun } from '../../sync/records.ts'
import { readFindings } from '../../sync/verify/findings.ts'
import { readLatestVerification, verificationView } from '../verification-view.ts'
import { OperatorRequests } from '../operator-requests.ts'
import type { Worker } from '../worker.ts'
import { callerOf, PATH_TEXT, read } from './requests.ts'
import { startRun } from './start-run.ts'

export const VERIFY_BODY = z.object({ repair: z.enum(REPAIRS).nullable().default(null) }).nullish()
export const VERIFICATION_PARAMS = z.object({ run: PATH_TEXT })
export const VERIFICATION_PAGE = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  skip: z.coerce.number().int().min(0).default(0),
})
/** How many findings the latest result has. */
const FIRST = 100

/** Verifying what is live: requesting it, and its results. */
export function addVerifyRoutes(server: FastifyInstance, worker: Pick<Worker, 'context' | 'integration'>): void {
  const { context } = worker
  const { ledger, clock } = context
  const operator = new OperatorRequests(worker)

  const page = async (verification: Pick<Verification, 'run' | 'listed'>, skip: number, limit: number) => {
    const findings = await readFindings(ledger, verification, { skip, limit })
    const next = skip + findings.length
    return { findings, next: findings.length === limit && next < verification.listed ? next : null }
  }

  server.post('/api/sync/verify', async (request, reply) => {
    const repair = read(VERIFY_BODY, request.body)?.repair ?? null
    return startRun(context, reply, () => operator.verify({ by: callerOf(request), repair }))
  })

  server.get('/api/sync/verify', async () => {
    const verification = await readLatestVerification(context, await readInstallation(ledger), clock.now())
    if (verification === null) return { verification, findings: [], next: null }
    return { verification, ...(await page(verification, 0, FIRST)) }
  })

  server.get('/api/sync/verify/:run', async (request) => {
    const { run } = read(VERIFICATION_PARAMS, request.params)
    const { limit, skip } = read(VERIFICATION_PAGE, request.query)
    const { verification, purpose, state } = await readRun(ledger, run)
    if (verification !== null)
      return { verification: verificationView(verification), ...(await page(verification, skip, limit)) }
    const why = purpose === 'verify' ? `is ${state} and has no result` : `is a ${purpose}`
    throw new RevalError('RUN_UNKNOWN', `run ${run} ${why}`, { details: { run } })
  })
}
