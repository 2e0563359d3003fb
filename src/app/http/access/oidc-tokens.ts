import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose'
import * as z from 'zod'
import type { OidcSettings } from '../../../config/access-settings.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { callerFrom, TOKEN_HOLDER, type Caller } from './caller.ts'

/** The clocks of the provider and of this machine may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 10
const PROVIDER_TIMEOUT_MS = 5_000
/** Unknown keys cause the provider's keys to be read again at most once in this time. */
const COOLDOWN_MS = 30_000
/** A provider that did not answer is tried again after this time. */
const RETRY_MS = 2_000
const LONGEST_SUBJECT = 256

const DISCOVERY = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** Why a token was refused, for the log. The caller is not told. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
}

export interface OidcOptions {
  readonly now: () => number
  readonly cooldownMs?: number
}

/** Verifies the tokens of the configured OpenID provider. Its keys are read at the first token, and again as they rotate. */
export class OidcTokens {
  readonly #settings: OidcSettings
  readonly #now: () => number
  readonly #cooldownMs: number
  #discovery: Promise<RemoteJWKSet> | null = null
  /** Null until the provider was found. */
  #keys: RemoteJWKSet | null = null
  #lastFault: { readonly at: number; readonly error: RevalError } | null = null

  constructor(settings: OidcSettings, { now, cooldownMs = COOLDOWN_MS }: OidcOptions) {
    this.#settings = settings
    this.#now = now
    this.#cooldownMs = cooldownMs
  }

  /**
   * The caller that a token identifies. Rejects TokenRefused if it is invalid, and SIGN_IN_UNAVAILABLE if the provider's keys are
   * needed but cannot be read.
   */
  async verify(token: string): Promise<Caller> {
    const { issuer, audience, clientId, algorithms, rolesClaim, bodiesClaim } = this.#settings
    const options = {
      issuer,
      algorithms: [...algorithms],
      ...(audience !== '' && { audience }),
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(this.#now()),
    }
    const payload = await this.#payloadOf(token, options)
    const use = payload.token_use
    if (audience === '') {
      // Access tokens of Cognito have no audience.
      if (payload.client_id !== clientId) throw new TokenRefused('client_id is another client')
      if (use !== 'access') throw new TokenRefused('token_use is not access')
    } else if (use !== undefined && use !== 'id' && use !== 'access') throw new TokenRefused('token_use is not known')
    const subject = payload.sub
    if (typeof subject !== 'string' || subject === '' || subject.length > LONGEST_SUBJECT || /\p{C}/u.test(subject))
      throw new TokenRefused('sub is not usable')
    // The audit log could not tell such a person from the operator token.
    if (subject === TOKEN_HOLDER.subject) throw new TokenRefused('sub stands for the operator token')
    return callerFrom(subject, { roles: payload[rolesClaim], bodies: payload[bodiesClaim] })
  }

  async #payloadOf(token: string, options: Parameters<typeof jwtVerify>[2]): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, this.#key, options)).payload
    } catch (error) {
      if (error instanceof RevalError) throw error
      if (error instanceof errors.JOSEError) throw new TokenRefused(error.code, { cause: error })
      // Not a token at all, such as a header that is not UTF-8.
      if (error instanceof TypeError || error instanceof SyntaxError)
        throw new TokenRefused('malformed', { cause: error })
      throw error
    }
  }

  readonly #key: JWTVerifyGetKey = async (header, token) => {
    const fault = this.#lastFault
    // While the provider is down, tokens with unknown keys must not delay callers with known ones.
    if (fault !== null && this.#now() - fault.at < RETRY_MS && !this.#hasAtHand(header.kid)) throw fault.error
    try {
      const keys = await this.#found()
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
      if (error instanceof errors.JOSENotSupported) throw error
      const reason = error instanceof Error ? error.message : String(error)
      const message = `cannot read the keys of ${this.#settings.issuer}: ${reason}`
      const unavailable = new RevalError('SIGN_IN_UNAVAILABLE', message, { cause: error, transient: true })
      this.#lastFault = { at: this.#now(), error: unavailable }
      throw unavailable
    }
  }

  /** Whether a key is known, and still fresh enough to be used without the provider. */
  #hasAtHand(kid: string | undefined): boolean {
    const keys = this.#keys
    if (keys?.fresh !== true) return false
    return keys.jwks()?.keys.some((key) => key.kid === kid) === true
  }

  /** Looks for the provider once, and if that fails, again at the next token. */
  async #found(): Promise<RemoteJWKSet> {
    this.#discovery ??= this.#discover()
    try {
      this.#keys = await this.#discovery
      return this.#keys
    } catch (error) {
      this.#discovery = null
      throw error
    }
  }

  async #discover(): Promise<RemoteJWKSet> {
    const { issuer } = this.#settings
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PROVIDER_TIMEOUT_MS) })
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
    const found = DISCOVERY.parse(await answer.json())
    if (found.issuer !== issuer) throw new Error(`${url} names the issuer ${found.issuer}`)
    const keys = new URL(found.jwks_uri)
    // Without TLS, keys could be replaced on the way.
    if (keys.protocol !== 'https:' && keys.protocol !== new URL(issuer).protocol)
      throw new Error(`the keys of ${issuer} are not at an https:// address`)
    return createRemoteJWKSet(keys, {
      timeoutDuration: PROVIDER_TIMEOUT_MS,
      cooldownDuration: this.#cooldownMs,
    })
  }
}
