import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AccessSettings } from '../../../config/access-settings.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { isConsolePath } from '../console.ts'
import { ruleOf, type Access } from '../routes.ts'
import { addressOf } from './address.ts'
import { may, type Caller } from './caller.ts'
import { TokenRefused, type OidcOptions } from './oidc-tokens.ts'
import { signInBy } from './sign-in.ts'
import { isOfThisMachine } from './this-machine.ts'

const MINUTE_MS = 60_000
/**
 * Refusals a minute that are answered and logged or recorded, for each address without a valid token and each caller without the
 * role. Permitted requests are not counted.
 */
const REFUSALS_PER_MINUTE = 60

const CALLERS = new WeakMap<FastifyRequest, Caller>()

/** The caller of a request to a route that needs a role. */
export function signedIn(request: FastifyRequest): Caller {
  const caller = CALLERS.get(request)
  if (caller === undefined) throw new RevalError('INTERNAL', 'the route does not require a caller')
  return caller
}

const AGAIN = new WeakMap<FastifyRequest, () => Promise<Caller>>()
const ACCESS = new WeakMap<FastifyRequest, Access>()

/**
 * Whether the caller of a request that was allowed would be allowed now: tokens expire. True while the keys of the provider cannot be
 * read.
 */
export async function stillMay(request: FastifyRequest): Promise<boolean> {
  const [again, access] = [AGAIN.get(request), ACCESS.get(request)]
  if (again === undefined || access === undefined) return false
  try {
    return may(await again(), access)
  } catch (error) {
    return error instanceof RevalError && error.code === 'SIGN_IN_UNAVAILABLE'
  }
}

/** Whether the caller is known, even if the request is not allowed. */
export function hasSignedIn(request: FastifyRequest): boolean {
  return CALLERS.has(request)
}

/**
 * Checks the caller of every route added after this call, as the table of routes says. Throws for a route that is not in the
 * table. Refuses requests with NOT_SIGNED_IN, NOT_ALLOWED, TOO_MANY_REQUESTS or SIGN_IN_UNAVAILABLE, without telling the
 * caller what is wrong with a token.
 */
export async function guardRoutes(
  server: FastifyInstance,
  settings: AccessSettings,
  options: OidcOptions & {
    /** Who uses the console, by its session. Throws NOT_SIGNED_IN. */
    readonly consoleCallerOf?: ((request: FastifyRequest) => Caller) | undefined
  },
): Promise<void> {
  const signIn = signInBy(settings, options)
  await server.register(rateLimit, { global: false })
  const { requestsPerMinute } = settings
  const isLimited = limiter(server, requestsPerMinute, (request) => signedIn(request).subject ?? '')
  const isFlooding = limiter(server, requestsPerMinute > 0 ? REFUSALS_PER_MINUTE : 0, (request) => {
    const caller = CALLERS.get(request)
    return caller === undefined ? `address ${addressOf(request)}` : `subject ${caller.subject ?? ''}`
  })

  const callerNow = async (request: FastifyRequest): Promise<Caller> => {
    if (options.consoleCallerOf !== undefined && isConsolePath(request.routeOptions.url ?? ''))
      return options.consoleCallerOf(request)
    // Node keeps the first header; a proxy may have checked another.
    if (countOf('authorization', request.raw.rawHeaders) > 1) throw new TokenRefused('more than one token')
    return signIn(request.headers.authorization)
  }

  const callerIn = async (request: FastifyRequest, reply: FastifyReply): Promise<Caller> => {
    try {
      return await callerNow(request)
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error
      await isFlooding(request, reply)
      request.log.info({ ip: addressOf(request), reason: error.message }, 'token refused')
      void reply.header('www-authenticate', 'Bearer')
      throw new RevalError('NOT_SIGNED_IN', 'the request has no valid token')
    }
  }

  const checkFor = (access: Access) => async (request: FastifyRequest, reply: FastifyReply) => {
    // Fastify adds HEAD as a copy of GET, which already has the check.
    if (CALLERS.has(request)) return
    const caller = await callerIn(request, reply)
    if (caller.subject === null && !isOfThisMachine(request.headers))
      throw new RevalError(
        'NOT_ALLOWED',
        'no sign-in is configured, so only requests from this machine to a loopback address are allowed',
      )
    CALLERS.set(request, caller)
    AGAIN.set(request, () => callerNow(request))
    ACCESS.set(request, access)
    if (caller.subject !== null) await isLimited(request, reply)
    if (may(caller, access)) return
    await isFlooding(request, reply)
    throw new RevalError('NOT_ALLOWED', 'none of the roles in the token allows this')
  }

  server.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const rule = ruleOf(method, route.url)
      if (rule === null) throw new Error(`${method} ${route.url} is missing in the table of routes`)
      if (rule.access === 'everyone') continue
      route.onRequest = [checkFor(rule.access), ...[route.onRequest ?? []].flat()]
    }
  })
}

/** How many headers have this name, in a list of names and values. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  return rawHeaders.filter((each, index) => index % 2 === 0 && each.toLowerCase() === name).length
}

/** Rejects TOO_MANY_REQUESTS once a key has more than `max` requests in a minute; 0 is unlimited. */
function limiter(server: FastifyInstance, max: number, keyGenerator: (request: FastifyRequest) => string) {
  if (max === 0) return async (): Promise<void> => undefined
  const count = server.createRateLimit({ max, timeWindow: MINUTE_MS, keyGenerator })
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const counted = await count(request)
    if (counted.isAllowed || !counted.isExceeded) return
    void reply.header('retry-after', counted.ttlInSeconds)
    throw new RevalError('TOO_MANY_REQUESTS', `more than ${max} requests in a minute`)
  }
}
