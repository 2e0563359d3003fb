import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { finished, Readable } from 'node:stream'
import * as z from 'zod'
import type { ErrorCode } from '../../../errors/codes.ts'
import { asRevalError } from '../../../errors/reval-error.ts'
import type { AuditResult } from '../../../ports/audit.ts'
import { beginAudit, type Audited, type AuditContext, type CompleteAudit } from '../../../sync/audit/audit.ts'
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

/** Bodies that are valid have their reason as text. */
const WHY = z.object({ why: z.string() })
const LONGEST_WHY = 1_000
/** Longer than the line and headers of a request, so that nothing in a query hides what it is about. */
const LONGEST_SUBJECT = 20_000

/** What a caller who signed in may not do. Nothing was done then, so it is enough to put it on record afterwards. */
const NOT_PERMITTED: readonly ErrorCode[] = ['NOT_ALLOWED', 'BODY_FORBIDDEN']

/**
 * Puts requests on record, as the table of routes says: before the route is called, which is not called if that fails, and again
 * before its answer leaves, or once a download has left or broken off. So is every request that its caller has no permission for.
 * Add it after the guard.
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
      // The action is over, and its answer is right. The entry stays without a result.
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
      request.log.error({ code, reason: message }, 'cannot put a refused request on record')
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

  // Connections are closed by then, which breaks downloads off.
  server.addHook('onClose', async () => {
    await Promise.all(downloads)
  })
}

/** How many rows of a download have left so far, for its audit entry. */
export function recordRows(request: FastifyRequest, rows: number): void {
  const begun = BEGUN.get(request)
  if (begun !== undefined) begun.rows = rows
}

/** Why a download broke off, for its audit entry. */
export function recordFailure(request: FastifyRequest, error: unknown): void {
  const begun = BEGUN.get(request)
  if (begun !== undefined) begun.code = asRevalError(error).code
}

/** Resolves once an answer has left in full (true), or its connection is closed. */
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

/** What a request is about that its caller has no permission for. */
function refusedOf(request: FastifyRequest): object {
  return ruleFor(request)?.access === 'lists' ? bodiesNamedIn(request) : subjectsIn(request)
}

/** What a request that is to be on record is about; null for any other. */
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
    from: `HTTP ${addressOf(request)}`,
    what: `${request.method} ${request.routeOptions.url ?? ''}`,
    subject: Object.keys(about).length === 0 ? null : JSON.stringify(about).slice(0, LONGEST_SUBJECT),
    why: WHY.safeParse(request.body).data?.why.slice(0, LONGEST_WHY) ?? '',
  }
}

/**
 * What a request is about, as its path, query and body name it, in this order: a long body is cut short. Of the same name the path's
 * counts, as for the routes. The key of a person to erase is not kept.
 */
function subjectsIn({ params, query, body, routeOptions }: FastifyRequest): object {
  const path = objectIn(params)
  const named = { ...path, ...objectIn(query), ...objectIn(body), ...path }
  const isErasure = routeOptions.url === '/api/sync/erase'
  return Object.fromEntries(Object.entries(named).filter(([name]) => name !== 'why' && !(isErasure && name === 'key')))
}

function objectIn(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
