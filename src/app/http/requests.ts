import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { RevalError } from '../../errors/reval-error.ts'
import { addressOf } from './access/address.ts'
import { signedIn } from './access/guard.ts'
import { LONGEST_PARAMETER } from './protection.ts'

/** Parses the value. Throws USAGE, naming the invalid parameter. */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue === undefined || issue.path.length === 0 ? 'the request' : issue.path.join('.')
  throw new RevalError('USAGE', `${where}: ${issue?.message ?? 'invalid'}`)
}

/** A text of at most this many code points, which is how JSON Schema counts characters. */
export function textUpTo(most: number) {
  return z
    .string()
    .refine((text) => text.length <= most || Array.from(text).length <= most, `expected at most ${most} characters`)
    .meta({ maxLength: most })
}

/** A parameter in a path. */
export const PATH_TEXT = z.string().min(1).meta({ maxLength: LONGEST_PARAMETER })

/** For the document: an object that has exactly one of these fields. */
export function oneFieldOf(...names: readonly string[]) {
  return { oneOf: names.map((name) => ({ required: [name] })) }
}

/** For the document: a text that is not blank. */
export const NOT_BLANK = { minLength: 1, pattern: '\\S' } as const

/** A flag in a query, `true` or `false`. */
export const QUERY_FLAG = z.stringbool().default(false).meta({ type: 'boolean' })

/** The caller, as records name it. */
export function callerOf(request: FastifyRequest): string {
  const { subject } = signedIn(request)
  const from = `HTTP ${addressOf(request)}`
  return subject === null ? from : `${subject}, ${from}`
}

/** Whether a request wants CSV: by its `format`, or without one by its `Accept` header. */
export function wantsCsv({ headers }: Pick<FastifyRequest, 'headers'>, format: unknown): boolean {
  return format === undefined ? headers.accept?.includes('text/csv') === true : format === 'csv'
}

/** A signal that is aborted when the caller disconnects. */
export function closedSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  // The caller may have left while the token was checked.
  if (reply.raw.destroyed) gone.abort()
  // On the reply: a request closes once its body is read.
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}
