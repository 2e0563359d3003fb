import { createHash, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import Provider, { type JWK } from 'oidc-provider'
import * as z from 'zod'
import type { Owner } from '../../job/workplace.ts'

export const CLIENT = 'reval-web'
const API = 'https://reval.example'
const BACK = 'https://reval.example/signed-in'
const TOKENS = z.object({ access_token: z.string() })

/** What the provider says of a person, by name. */
export type People = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface SigningKey {
  readonly kid: string
  readonly private: KeyObject
  readonly jwk: JWK
  readonly publicPem: string
}

export function signingKey(kid: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }
  return {
    kid,
    private: privateKey,
    jwk: jwk,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** The console as a client: people come back to its address. */
export interface TestConsole {
  readonly id: string
  readonly secret: string
  readonly url: string
}

/** An OpenID provider on this machine. Its access tokens have the claims of Cognito's, and an audience besides. */
export class TestProvider {
  readonly issuer: string
  readonly #people: People
  /** Another client, by whose log-in people come back to this address; null for none. */
  readonly #console: TestConsole | null
  #listener: RequestListener
  /** How often the keys were read. */
  keyReads = 0

  private constructor(server: Server, people: People, console: TestConsole | null) {
    const { port } = server.address() as AddressInfo
    this.issuer = `http://127.0.0.1:${port}`
    this.#people = people
    this.#console = console
    this.#listener = (_request, response) => response.writeHead(503).end()
    server.on('request', (request, response) => {
      if (request.url === '/jwks') this.keyReads += 1
      this.#listener(request, response)
    })
  }

  static async start(
    t: Owner,
    key: SigningKey,
    people: People,
    console: TestConsole | null = null,
  ): Promise<TestProvider> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
    const provider = new TestProvider(server, people, console)
    provider.rotateTo([key])
    return provider
  }

  /** Signs with the first key from now on. */
  rotateTo(keys: readonly SigningKey[]): void {
    const people = this.#people
    const provider = new Provider(this.issuer, {
      jwks: { keys: keys.map(({ jwk }) => jwk) },
      clients: [
        {
          client_id: CLIENT,
          redirect_uris: [BACK],
          response_types: ['code'],
          grant_types: ['authorization_code'],
          token_endpoint_auth_method: 'none',
        },
        ...(this.#console === null ? [] : [asClient(this.#console)]),
      ],
      cookies: { keys: ['a test'] },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
      claims: { openid: ['sub', 'name', 'cognito:groups'] },
      conformIdTokenClaims: false,
      clientDefaults: { id_token_signed_response_alg: 'RS256' },
      extraTokenClaims: (_context, token) => ({
        token_use: 'access',
        ...people[('accountId' in token && token.accountId) || ''],
      }),
      features: {
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => API,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: '',
            accessTokenFormat: 'jwt',
            audience: API,
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
      interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({
          accountId: oidc.session?.accountId ?? '',
          clientId: oidc.client?.clientId ?? CLIENT,
        })
        grant.addOIDCScope('openid')
        await grant.save()
        return grant
      },
    })
    const callback = provider.callback()
    this.#listener = (request, response) => {
      const [, accountId] = /^\/sign-in\/[^?]*\?as=(\w+)/.exec(request.url ?? '') ?? []
      if (accountId === undefined) void callback(request, response)
      else void provider.interactionFinished(request, response, { login: { accountId } })
    }
  }

  /** Answers one path with a text until the keys are rotated. */
  answer(path: string, text: string): void {
    const others = this.#listener
    this.#listener = (request, response) => {
      if (request.url !== path) others(request, response)
      else response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    }
  }

  /** Answers nothing but 503 until the keys are rotated. */
  fail(): void {
    this.#listener = (_request, response) => response.writeHead(503).end()
  }

  /** A token like the provider's, with other claims or another key. A claim that is undefined is left out. */
  async forge(
    key: SigningKey,
    claims: Readonly<Record<string, unknown>> = {},
    { alg = 'RS256', secret }: { readonly alg?: string; readonly secret?: KeyObject } = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const own = { iss: this.issuer, sub: 'ada', client_id: CLIENT, token_use: 'access', iat: now, exp: now + 600 }
    const payload = { ...own, 'cognito:groups': ['reval-operator'], ...claims }
    return new SignJWT(payload).setProtectedHeader({ alg, kid: key.kid }).sign(secret ?? key.private)
  }

  /** Goes to the provider as a browser would, logs the person in, and resolves with the address that the provider sends it back to. */
  async authorize(url: string, person: string, back: string): Promise<string> {
    const cookies = new Map<string, string>()
    let at = url
    while (!at.startsWith(back)) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
      for (const each of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? []
        cookies.set(name, value)
      }
      const next = answer.headers.get('location')
      if (next === null) throw new Error(`${answer.status} of ${at}: ${await answer.text()}`)
      at = new URL(next.startsWith('/sign-in/') ? `${next}?as=${person}` : next, this.issuer).href
    }
    return at
  }

  /** Signs a person in by authorization code with PKCE, as a browser would, and resolves with the access token. */
  async signIn(person: string): Promise<string> {
    const verifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const query = new URLSearchParams({
      ...{ client_id: CLIENT, response_type: 'code', redirect_uri: BACK, scope: 'openid' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    })
    const at = await this.authorize(`${this.issuer}/auth?${query.toString()}`, person, BACK)
    const code = new URL(at).searchParams.get('code') ?? ''
    const body = new URLSearchParams({
      ...{ grant_type: 'authorization_code', client_id: CLIENT, redirect_uri: BACK },
      ...{ code, code_verifier: verifier },
    })
    const answer = await fetch(`${this.issuer}/token`, { method: 'POST', body })
    return TOKENS.parse(await answer.json()).access_token
  }
}

function asClient({ id, secret, url }: TestConsole) {
  return {
    client_id: id,
    client_secret: secret,
    redirect_uris: [`${url}/console/login/back`],
    post_logout_redirect_uris: [`${url}/console/logged-out`],
    response_types: ['code' as const],
    grant_types: ['authorization_code'],
  }
}
