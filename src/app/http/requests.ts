import type { FastifyReply, FastifyRequest } from 'fastify'
import type * as z from 'zod'
import { RevalError } from '../../errors/reval-error.ts'
import { addressOf } from './access/address.ts'
import { signedIn } from './access/guard.ts'

/** Parses the value. Throws USAGE, naming the invalid parameter. */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue === undefined || issue.path.length === 0 ? 'the request' : issue.path.join('.')
  throw new RevalError('USAGE', `${where}: ${issue?.message ?? 'invalid'}`)
}

/** The caller, as records name it. */
export function callerOf(request: FastifyRequest): string {
  const { subject } = signedIn(request)
  const from = `HTTP ${addressOf(request)}`
  return subject === null ? from : `${subject}, ${from}`
}

/** Whether a request for what can be downloaded wants it as CSV: its format says so, or, if it has none, its `Accept` header. */
export function wantsCsv({ headers }: Pick<FastifyRequest, 'headers'>, format: unknown): boolean {
  return format === undefined ? headers.accept?.includes('text/csv') === true : format === 'csv'
}

/** Aborted when the caller is gone. */
export function closedSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  // On the reply: a request closes once its body is read.
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}
