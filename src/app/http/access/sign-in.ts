import { createHash, timingSafeEqual } from 'node:crypto'
import type { AccessSettings } from '../../../config/access-settings.ts'
import { ANYONE_HERE, METRICS_READER, TOKEN_HOLDER, type Caller } from './caller.ts'
import { OidcTokens, TokenRefused, type OidcOptions } from './oidc-tokens.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Finds the caller for an `Authorization` header. Rejects TokenRefused, or SIGN_IN_UNAVAILABLE. */
export type SignIn = (authorization: string | undefined) => Promise<Caller>

/**
 * Accepts the operator token, the metrics token and tokens of the OpenID provider, if configured, as `Bearer <token>` or as the token alone, as the
 * web client sends it. If neither is configured, the settings allow only loopback.
 */
export function signInBy({ operatorToken, metricsToken, oidc }: AccessSettings, options: OidcOptions): SignIn {
  if (operatorToken === '' && oidc === null) return () => Promise.resolve(ANYONE_HERE)
  const expected = digest(operatorToken)
  const expectedOfMetrics = digest(metricsToken)
  const tokens = oidc === null ? null : new OidcTokens(oidc, options)
  return async (authorization = '') => {
    const token = authorization.replace(/^Bearer\s+/i, '').trim()
    if (token === '') throw new TokenRefused('no token')
    // In constant time, so that the token cannot be guessed letter by letter.
    if (operatorToken !== '' && timingSafeEqual(digest(token), expected)) return TOKEN_HOLDER
    if (metricsToken !== '' && timingSafeEqual(digest(token), expectedOfMetrics)) return METRICS_READER
    if (tokens === null) throw new TokenRefused('neither the operator token nor the metrics token')
    return tokens.verify(token)
  }
}
