import { isIP } from 'node:net'
import * as z from 'zod'
import { secretText, serverUrl, setting, text, wholeNumber, type SettingValues } from '../adapters/setting.ts'
import { isLoopback } from './loopback.ts'
import type { SettingFault } from './read-settings.ts'

/** Only asymmetric ones: a shared secret that verifies tokens could also sign them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
export type TokenAlgorithm = (typeof ALGORITHMS)[number]

function algorithms(): z.ZodType<readonly TokenAlgorithm[], string> {
  const known = new Set<string>(ALGORITHMS)
  return z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .refine(
      (names) => names.every((name) => known.has(name)) && new Set(names).size === names.length,
      `must be one or more of ${ALGORITHMS.join(', ')}, each once`,
    )
    .transform((names) => ALGORITHMS.filter((algorithm) => names.includes(algorithm)))
}

/** Without TLS, the provider's keys could be replaced on the way. */
function issuer(): z.ZodType<string, string> {
  return serverUrl(['https', 'http'], 'https://login.example.org').refine((address) => {
    if (!URL.canParse(address)) return true
    const { protocol, hostname } = new URL(address)
    return protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))
  }, 'must be an https:// address, except on this machine')
}

/** Addresses or networks (CIDR) of proxies. `/0` is refused: it would let every caller choose its address. */
function proxies(): z.ZodType<readonly string[], string> {
  return z
    .string()
    .transform((list) => list.split(',').flatMap((each) => each.trim() || []))
    .refine(
      (addresses) => addresses.every(isNetwork),
      'must be addresses or networks (10.0.0.0/24), separated by commas',
    )
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]*)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && !address.includes('%') && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128))
}

/** Who may use HTTP; see docs/operations.md. */
export const ACCESS_SETTINGS = {
  operatorToken: setting({
    variable: 'REVAL_OPERATOR_TOKEN',
    schema: secretText().refine((token) => token === '' || token.length >= 16, 'must have at least 16 characters'),
    description: 'bearer token of machines; without it and REVAL_OIDC_ISSUER, HTTP binds to loopback only',
    secret: true,
  }),
  metricsToken: setting({
    variable: 'REVAL_METRICS_TOKEN',
    schema: secretText().refine((token) => token === '' || token.length >= 16, 'must have at least 16 characters'),
    description: 'bearer token that may only read /metrics; without it, that needs the role support',
    secret: true,
  }),
  oidcIssuer: setting({
    variable: 'REVAL_OIDC_ISSUER',
    schema: issuer(),
    description: "issuer of people's tokens, as in its discovery document; if not set, no such tokens are accepted",
  }),
  oidcClientId: setting({
    variable: 'REVAL_OIDC_CLIENT_ID',
    schema: text(),
    description: 'client for which access tokens without an audience must be issued',
  }),
  oidcAudience: setting({
    variable: 'REVAL_OIDC_AUDIENCE',
    schema: text(),
    description: 'audience of the tokens; if not set, REVAL_OIDC_CLIENT_ID is checked instead',
  }),
  oidcAlgorithms: setting({
    variable: 'REVAL_OIDC_ALGORITHMS',
    schema: algorithms(),
    fallback: 'RS256',
    description: 'accepted signature algorithms, separated by commas',
  }),
  oidcRolesClaim: setting({
    variable: 'REVAL_OIDC_ROLES_CLAIM',
    schema: text(),
    fallback: 'cognito:groups',
    description: 'claim with the roles: a list, or a text with commas or spaces',
  }),
  oidcBodiesClaim: setting({
    variable: 'REVAL_OIDC_BODIES_CLAIM',
    schema: text(),
    fallback: 'designatedBodies',
    description: "claim with the codes of an admin's designated bodies: a list, or a text with commas or spaces",
  }),
  requestsPerMinute: setting({
    variable: 'REVAL_REQUESTS_PER_MINUTE',
    schema: wholeNumber(0, 1_000_000),
    fallback: '1200',
    unit: 'requests a minute',
    description: 'limit for each signed-in caller in each process; 0: no limit, for refused tokens either',
  }),
  trustedProxies: setting({
    variable: 'REVAL_TRUSTED_PROXIES',
    schema: proxies(),
    description: "addresses or networks of proxies that are believed about a caller's address (X-Forwarded-For)",
  }),
} as const

/** How the tokens of an OpenID provider are verified. */
export interface OidcSettings {
  readonly issuer: string
  /** Empty if only the audience is checked. */
  readonly clientId: string
  /** Empty if the client is checked instead. */
  readonly audience: string
  readonly algorithms: readonly TokenAlgorithm[]
  readonly rolesClaim: string
  readonly bodiesClaim: string
}

export interface AccessSettings {
  /** Empty if there is none. */
  readonly operatorToken: string
  /** Empty if there is none. */
  readonly metricsToken: string
  /** Null if there is no provider. */
  readonly oidc: OidcSettings | null
  /** 0 is unlimited. */
  readonly requestsPerMinute: number
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
}

type Read = SettingValues<typeof ACCESS_SETTINGS>

export function accessOf(read: Read): AccessSettings {
  const { operatorToken, metricsToken, requestsPerMinute, trustedProxies, oidcIssuer } = read
  const common = { operatorToken, metricsToken, requestsPerMinute, trustedProxies }
  if (oidcIssuer === '') return { ...common, oidc: null }
  const oidc = {
    issuer: oidcIssuer,
    clientId: read.oidcClientId,
    audience: read.oidcAudience,
    algorithms: read.oidcAlgorithms,
    rolesClaim: read.oidcRolesClaim,
    bodiesClaim: read.oidcBodiesClaim,
  }
  return { ...common, oidc }
}

/** Contradictions between the settings of access. */
export function accessFaults(read: Read & { readonly host: string }): SettingFault[] {
  const faults: SettingFault[] = []
  const { operatorToken, oidcIssuer, oidcClientId, oidcAudience, trustedProxies } = read
  if (!isLoopback(read.host) && operatorToken === '' && oidcIssuer === '') {
    const reason = 'the address is not loopback: set REVAL_OIDC_ISSUER or REVAL_OPERATOR_TOKEN'
    faults.push({ setting: 'REVAL_HOST', value: read.host, reason })
  }
  if (trustedProxies.length > 0 && operatorToken === '' && oidcIssuer === '') {
    const reason = 'callers behind a proxy are not on this machine: set REVAL_OIDC_ISSUER or REVAL_OPERATOR_TOKEN'
    faults.push({ setting: 'REVAL_TRUSTED_PROXIES', value: trustedProxies.join(','), reason })
  }
  if (read.metricsToken !== '' && operatorToken === '' && oidcIssuer === '') {
    const reason = 'has no effect without REVAL_OIDC_ISSUER or REVAL_OPERATOR_TOKEN'
    faults.push({ setting: 'REVAL_METRICS_TOKEN', reason })
  }
  if (read.metricsToken !== '' && read.metricsToken === operatorToken) {
    faults.push({ setting: 'REVAL_METRICS_TOKEN', reason: 'must differ from REVAL_OPERATOR_TOKEN' })
  }
  if (oidcIssuer !== '' && oidcClientId === '' && oidcAudience === '') {
    faults.push({
      setting: 'REVAL_OIDC_ISSUER',
      value: oidcIssuer,
      reason: 'tokens for every client would be accepted: set REVAL_OIDC_CLIENT_ID or REVAL_OIDC_AUDIENCE',
    })
  }
  if (oidcIssuer === '') {
    const unused = { REVAL_OIDC_CLIENT_ID: oidcClientId, REVAL_OIDC_AUDIENCE: oidcAudience }
    for (const [name, value] of Object.entries(unused)) {
      if (value !== '') faults.push({ setting: name, value, reason: 'has no effect without REVAL_OIDC_ISSUER' })
    }
  }
  return faults
}
