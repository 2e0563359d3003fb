import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import * as z from 'zod'
import { INDEX_NAMES } from '../../domain/lists.ts'
import { maskedReason } from '../../errors/masked.ts'
import { originOf } from '../../errors/origin.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { RunsComparison } from '../../sync/compare/compare-runs.ts'
import { asNdjson, csvOf } from '../comparison-output.ts'
import type { Worker } from '../worker.ts'
import { recordFailure, recordRows } from './access/audit.ts'
import { statusOf } from './errors.ts'
import { problemOf } from './problem.ts'
import { closedSignal, QUERY_FLAG, read, textUpTo, wantsCsv } from './requests.ts'

const NAME = textUpTo(200).min(1)
export const COMPARE_QUERY = z.object({
  before: NAME.default('live'),
  after: NAME.meta({ examples: ['live'] }),
  list: z.enum(INDEX_NAMES).optional(),
  body: textUpTo(1_000).optional(),
  format: z.enum(['ndjson', 'csv']).optional(),
  summary: QUERY_FLAG,
})

/** What was compared, and the result in figures. */
function figuresOf(comparison: RunsComparison): object {
  const { before, after, day } = comparison
  return { before, after, day, summary: comparison.summary() }
}

/** The differences, and a last line: the figures, or the error that ended it. The status was sent before. */
async function* ndjsonOf(
  comparison: RunsComparison,
  request: FastifyRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    for await (const differences of comparison.differences(signal)) yield asNdjson(differences)
    yield `${JSON.stringify(figuresOf(comparison))}\n`
  } catch (error) {
    // The caller is gone.
    if (signal.aborted) return
    const coded = asRevalError(error)
    recordFailure(request, coded)
    const reason = maskedReason(coded.code, coded.message)
    request.log.error({ code: coded.code, reason, origin: originOf(coded.cause) }, 'comparison failed')
    yield `${JSON.stringify({ error: problemOf(coded, statusOf(coded)) })}\n`
  }
}

/** Rows that differ, so far. */
function differingRows(comparison: RunsComparison): number {
  const { missing, surplus, different } = comparison.summary()
  return missing + surplus + different
}

/** Comparing two runs. The values of fields are personal data, so each request is on record. */
export function addCompareRoutes(server: FastifyInstance, { context }: Pick<Worker, 'context'>): void {
  /** One at a time: each takes memory that the writer's work may need. */
  let comparing: FastifyReply | null = null
  const begin = (reply: FastifyReply): (() => void) => {
    if (comparing !== null) throw new RevalError('COMPARISON_IN_PROGRESS', 'another comparison is in progress')
    comparing = reply
    const end = () => {
      if (comparing === reply) comparing = null
    }
    reply.raw.once('close', end)
    return end
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const { before, after, list = null, body = null, format, summary } = read(COMPARE_QUERY, request.query)
    const comparison = await RunsComparison.of(context, { before, after, scope: { list, body } })
    const end = begin(reply)
    const closed = closedSignal(reply)
    if (summary) {
      await comparison.summarize(closed).finally(end)
      return figuresOf(comparison)
    }
    const isCsv = wantsCsv(request, format)
    const pieces = isCsv ? csvOf(comparison.differences(closed)) : ndjsonOf(comparison, request, closed)
    return reply
      .type(isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
      .send(Readable.from(sending(pieces)))

    async function* sending(pieces: AsyncIterable<string>): AsyncGenerator<string> {
      try {
        yield* pieces
      } catch (error) {
        recordFailure(request, error)
        throw error
      } finally {
        recordRows(request, differingRows(comparison))
        end()
      }
    }
  }
  server.get('/api/sync/compare', { exposeHeadRoute: false }, answer)
}
