import * as client from 'openid-client'
import type { OidcSettings } from '../../config/access-settings.ts'
import type { LogInSettings } from '../../config/console-settings.ts'
import { RevalError } from '../../errors/reval-error.ts'

const TIMEOUT_SECONDS = 5
/** The clocks of the provider and of this machine may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 10

/** Kept in the browser's session from the start of a log-in to its end. */
export interface PendingLogIn {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  /** The page to show afterwards. */
  readonly to: string
}

/** The claims of an ID token. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string }

/** Logs people in with the code flow, PKCE, state and nonce. The provider is looked for at the first log-in. */
export class LogInProvider {
  readonly #oidc: OidcSettings
  readonly #settings: LogInSettings
  #found: Promise<client.Configuration> | null = null

  constructor(oidc: OidcSettings, settings: LogInSettings) {
    this.#oidc = oidc
    this.#settings = settings
  }

  /** Where to send the browser, and what to keep until it comes back. Rejects SIGN_IN_UNAVAILABLE. */
  async start(to: string): Promise<{ readonly url: string; readonly pending: PendingLogIn }> {
    const provider = await this.#provider()
    const pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      to,
    }
    const url = client.buildAuthorizationUrl(provider, {
      redirect_uri: this.#back,
      scope: this.#settings.scopes,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, pending }
  }

  /**
   * The claims of the person who came back with this query. Rejects NOT_SIGNED_IN if the provider refused the log-in or its answer is
   * not valid, and SIGN_IN_UNAVAILABLE if it does not answer.
   */
  async finish(query: string, { state, nonce, verifier }: PendingLogIn): Promise<Claims> {
    const provider = await this.#provider()
    const url = new URL(this.#back)
    url.search = query
    try {
      const tokens = await client.authorizationCodeGrant(provider, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new RevalError('NOT_SIGNED_IN', 'the provider sent no ID token')
      return claims
    } catch (error) {
      if (error instanceof RevalError) throw error
      const refusal = refusalIn(error)
      if (refusal !== null)
        throw new RevalError('NOT_SIGNED_IN', `the log-in was refused: ${refusal}`, { cause: error })
      throw this.#unavailable(error)
    }
  }

  /** Where to log out at the provider; null if it has no such address. Rejects SIGN_IN_UNAVAILABLE. */
  async logOutUrl(): Promise<string | null> {
    const back = `${this.#settings.publicUrl}/console/logged-out`
    const { logoutUrl, clientId } = this.#settings
    if (logoutUrl !== '') {
      const url = new URL(logoutUrl)
      // As Cognito names them.
      url.searchParams.set('client_id', clientId)
      url.searchParams.set('logout_uri', back)
      return url.href
    }
    const provider = await this.#provider()
    if (provider.serverMetadata().end_session_endpoint === undefined) return null
    return client.buildEndSessionUrl(provider, { post_logout_redirect_uri: back, client_id: clientId }).href
  }

  get #back(): string {
    return `${this.#settings.publicUrl}/console/login/back`
  }

  /** Looks for the provider once, and if that fails, again at the next log-in. */
  async #provider(): Promise<client.Configuration> {
    this.#found ??= this.#discover()
    try {
      return await this.#found
    } catch (error) {
      this.#found = null
      throw this.#unavailable(error)
    }
  }

  #discover(): Promise<client.Configuration> {
    const { clientId, clientSecret } = this.#settings
    const issuer = new URL(this.#oidc.issuer)
    const metadata = {
      [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
      id_token_signed_response_alg: this.#oidc.algorithms[0] ?? 'RS256',
    }
    return client.discovery(
      issuer,
      clientId,
      metadata,
      clientSecret === '' ? client.None() : client.ClientSecretBasic(clientSecret),
      {
        timeout: TIMEOUT_SECONDS,
        // ID tokens come from the provider itself over TLS, so their signatures need no check (OpenID Connect Core, 3.1.3.7), and new
        // keys of the provider do not matter. The settings allow plain HTTP on this machine only.
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated only to stand out
        execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
      },
    )
  }

  #unavailable(error: unknown): RevalError {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `cannot log in at ${this.#oidc.issuer}: ${reason}`
    return new RevalError('SIGN_IN_UNAVAILABLE', message, { cause: error, transient: true })
  }
}

/** Why the provider, or the check of its answer, refused a log-in; null if it did not answer. */
function refusalIn(error: unknown): string | null {
  if (error instanceof client.AuthorizationResponseError) return error.error
  if (error instanceof client.ResponseBodyError) return error.status < 500 ? error.error : null
  if (!(error instanceof client.ClientError) || error.code === undefined) return null
  return INVALID.test(error.code) ? error.code : null
}

/** The codes of answers that arrived, but are not valid. */
const INVALID = /JWT|JSON_ATTRIBUTE|INVALID_RESPONSE/
