import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { asRevalError } from '../../../errors/reval-error.ts'
import type { ErrorCode } from '../../../errors/codes.ts'
import { beginAudit, type AuditContext, type CompleteAudit } from '../../../sync/audit/audit.ts'
import { ruleOf } from '../routes.ts'
import { signedIn } from './guard.ts'

interface Begun {
  readonly complete: CompleteAudit
  code: ErrorCode | null
}

/** Bodies that are valid have their reason as text. */
const WHY = z.object({ why: z.string() })
const LONGEST = 1_000

/**
 * Puts the requests of audited routes on record: before the route is called, which is not called if that fails, and again
 * before its answer leaves. Add it after the guard.
 */
export function auditRoutes(server: FastifyInstance, context: AuditContext): void {
  const begun = new WeakMap<FastifyRequest, Begun>()

  server.addHook('preHandler', async (request) => {
    const { method, url = '' } = request.routeOptions
    const route = `${request.method} ${url}`
    if (ruleOf([method].flat()[0] ?? request.method, url)?.isAudited !== true) return
    const { subject, roles } = signedIn(request)
    const audited = {
      who: subject ?? 'anyone on this machine',
      roles: subject === null ? [] : roles,
      from: `HTTP ${request.ip}`,
      what: route,
      subject: subjectOf(request),
      why: WHY.safeParse(request.body).data?.why.slice(0, LONGEST) ?? '',
    }
    begun.set(request, { complete: await beginAudit(context, audited), code: null })
  })

  server.addHook('onError', async (request, _reply, error) => {
    const entry = begun.get(request)
    if (entry !== undefined) entry.code = asRevalError(error).code
  })

  server.addHook('onSend', async (request, reply) => {
    const entry = begun.get(request)
    if (entry === undefined) return
    begun.delete(request)
    const { statusCode } = reply
    const outcome = statusCode < 400 ? 'done' : statusCode < 500 ? 'refused' : 'failed'
    try {
      await entry.complete({ outcome, code: entry.code })
    } catch (error) {
      // The action is over, and its answer is right. The entry stays without a result.
      const { code, message } = asRevalError(error)
      request.log.error({ code, reason: message }, 'cannot complete the audit entry')
    }
  })
}

/** What a request is about, as its path, query or body names it. The key of a person to erase is not kept. */
function subjectOf({ params, query, body, routeOptions }: FastifyRequest): string | null {
  const named = { ...objectIn(query), ...objectIn(body), ...objectIn(params) }
  const isErasure = routeOptions.url === '/api/sync/erase'
  const about = Object.entries(named).filter(([name]) => name !== 'why' && !(isErasure && name === 'key'))
  if (about.length === 0) return null
  return JSON.stringify(Object.fromEntries(about)).slice(0, LONGEST)
}

function objectIn(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
