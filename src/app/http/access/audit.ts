import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { finished, Readable } from 'node:stream'
import * as z from 'zod'
import type { ErrorCode } from '../../../errors/codes.ts'
import { asRevalError } from '../../../errors/reval-error.ts'
import type { AuditResult } from '../../../ports/audit.ts'
import { beginAudit, type Audited, type AuditContext, type CompleteAudit } from '../../../sync/audit/audit.ts'
import { isConsolePath } from '../console.ts'
import { gmcNumberIn } from '../../lists/list-request.ts'
import { ruleOf, type RouteRule } from '../routes.ts'
import { addressOf } from './address.ts'
import { hasSignedIn, signedIn } from './guard.ts'
import { bodiesNamedIn, lookUpIn } from './look-ups.ts'

interface Begun {
  readonly complete: CompleteAudit
  code: ErrorCode | null
  rows: number | null
}

const BEGUN = new WeakMap<FastifyRequest, Begun>()

/** In a valid body, the reason is text. */
const WHY = z.object({ why: z.string() })
const LONGEST_WHY = 1_000
/** The reason has a field of its own; the others belong to the console's forms. */
const NOT_SUBJECTS: readonly string[] = ['why', '_csrf', 'request']
/** Longer than the request line and headers can be, so that a long query cannot push its subject out of the entry. */
const LONGEST_SUBJECT = 20_000

/** Refusals of callers who signed in. Nothing was done, so recording them afterwards is enough. */
const NOT_PERMITTED: readonly ErrorCode[] = ['NOT_ALLOWED', 'BODY_FORBIDDEN']

/**
 * Records requests as the table of routes says: before the handler runs, which does not run if that fails, and again before the answer
 * is sent, or once a download has been sent or has broken off. Also records requests that their caller has no permission for.
 * Call it after `guardRoutes`.
 */
export function auditRoutes(server: FastifyInstance, context: AuditContext): void {
  const downloads = new Set<Promise<void>>()

  const begin = async (request: FastifyRequest, about: object, code: ErrorCode | null): Promise<Begun> => {
    const begun = { complete: await beginAudit(context, auditedOf(request, about)), code, rows: null }
    BEGUN.set(request, begun)
    return begun
  }

  const complete = async ({ log }: FastifyRequest, begun: Begun, outcome: AuditResult['outcome']): Promise<void> => {
    try {
      await begun.complete({ outcome, code: begun.code, rows: begun.rows })
    } catch (error) {
      // The action is done and its answer is right, so only the entry stays without a result.
      const { code, message } = asRevalError(error)
      log.error({ code, reason: message }, 'cannot complete the audit entry')
    }
  }

  server.addHook('preHandler', async (request) => {
    const about = recordedOf(request)
    if (about !== null) await begin(request, about, null)
  })

  server.addHook('onError', async (request, _reply, error) => {
    const { code } = asRevalError(error)
    const begun = BEGUN.get(request)
    if (begun !== undefined) {
      begun.code = code
      return
    }
    if (!NOT_PERMITTED.includes(code) || !hasSignedIn(request)) return
    try {
      await begin(request, refusedOf(request), code)
    } catch (failure) {
      const { code, message } = asRevalError(failure)
      request.log.error({ code, reason: message }, 'cannot record a refused request')
    }
  })

  server.addHook('onSend', async (request, reply, payload) => {
    const begun = BEGUN.get(request)
    if (begun === undefined) return
    if (!(payload instanceof Readable)) {
      BEGUN.delete(request)
      await complete(request, begun, outcomeOf(reply))
      return
    }
    const download = sent(reply).then((isComplete) =>
      complete(request, begun, isComplete && begun.code === null ? 'done' : 'failed'),
    )
    downloads.add(download)
    void download.finally(() => downloads.delete(download))
  })

  // By then connections are closed, which has ended all downloads.
  server.addHook('onClose', async () => {
    await Promise.all(downloads)
  })
}

/** Sets the number of rows that a download has sent so far, for its audit entry. */
export function recordRows(request: FastifyRequest, rows: number): void {
  const begun = BEGUN.get(request)
  if (begun !== undefined) begun.rows = rows
}

/** Sets why a download broke off, or why a route refused a request in an answer of its own, for its audit entry. */
export function recordFailure(request: FastifyRequest, error: unknown): void {
  const begun = BEGUN.get(request)
  if (begun !== undefined) begun.code = asRevalError(error).code
}

/** Resolves with true once an answer was sent in full, with false if its connection closed first. */
function sent(reply: FastifyReply): Promise<boolean> {
  return new Promise((resolve) => {
    finished(reply.raw, { readable: false }, (error) => resolve(error === null || error === undefined))
  })
}

function outcomeOf({ statusCode }: FastifyReply): AuditResult['outcome'] {
  return statusCode < 400 ? 'done' : statusCode < 500 ? 'refused' : 'failed'
}

function ruleFor({ method: sent, routeOptions: { method, url = '' } }: FastifyRequest): RouteRule | null {
  return ruleOf([method].flat()[0] ?? sent, url)
}

/** The subject of a request that its caller has no permission for. */
function refusedOf(request: FastifyRequest): object {
  return ruleFor(request)?.access === 'lists' ? bodiesNamedIn(request) : subjectsIn(request)
}

/** The subject of a request that must be recorded; null for any other. */
function recordedOf(request: FastifyRequest): object | null {
  switch (ruleFor(request)?.audited) {
    case 'always':
      return subjectsIn(request)
    case 'look-ups':
      return lookUpIn(request)
    default:
      return null
  }
}

function auditedOf(request: FastifyRequest, about: object): Audited {
  const { subject, roles } = signedIn(request)
  return {
    who: subject ?? 'anyone on this machine',
    roles: subject === null ? [] : roles,
    from: `${isConsolePath(request.url) ? 'console' : 'HTTP'} ${addressOf(request)}`,
    what: `${request.method} ${request.routeOptions.url ?? ''}`,
    subject: Object.keys(about).length === 0 ? null : JSON.stringify(about).slice(0, LONGEST_SUBJECT),
    why: WHY.safeParse(request.body).data?.why.slice(0, LONGEST_WHY) ?? '',
  }
}

/**
 * The parameters of a request: path, query and body, in this order, because a long subject is cut off at the end. If names clash, the
 * path wins, as in the routes. The key of a person to erase is not kept, and of a searched text only a GMC number: an erasure could not
 * find names.
 */
function subjectsIn({ params, query, body, routeOptions }: FastifyRequest): object {
  const path = objectIn(params)
  const named = { ...path, ...objectIn(query), ...objectIn(body), ...path }
  const left = routeOptions.url === '/api/sync/erase' ? [...NOT_SUBJECTS, 'key'] : NOT_SUBJECTS
  const subjects = Object.entries(named).filter(([name]) => !left.includes(name))
  return Object.fromEntries(subjects.flatMap(([name, value]: [string, unknown]) => recordedAs(name, value)))
}

/** A parameter as it is recorded; nothing for a text that may be a name. */
function recordedAs(name: string, value: unknown): (readonly [string, unknown])[] {
  if (name !== 'searchQuery') return [[name, value]]
  const number = typeof value === 'string' ? gmcNumberIn(value) : null
  return number === null ? [] : [[name, number]]
}

function objectIn(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
