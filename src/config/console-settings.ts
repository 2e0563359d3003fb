import * as z from 'zod'
import { secretText, serverUrl, setting, text, type SettingValues } from '../adapters/setting.ts'
import type { SettingFault } from './read-settings.ts'

const SHORTEST_SESSION_KEY = 32

/** Secrets separated by commas, newest first. */
function sessionKeys(): z.ZodType<readonly string[], string> {
  return z
    .string()
    .transform((list) => list.split(',').flatMap((each) => each.trim() || []))
    .refine(
      (keys) => keys.every((key) => key.length >= SHORTEST_SESSION_KEY),
      `must be secrets of at least ${SHORTEST_SESSION_KEY} characters, separated by commas`,
    )
}

/** The settings of the console's pages. */
export const CONSOLE_SETTINGS = {
  consoleName: setting({
    variable: 'REVAL_CONSOLE_NAME',
    schema: text(),
    description: 'name of the environment, such as PREPROD, on every page of the console; leave it out in production',
  }),
  consoleHelp: setting({
    variable: 'REVAL_CONSOLE_HELP',
    schema: text(),
    fallback: 'the team that runs this service',
    description: 'whom the console tells people to ask for help or access',
  }),
  clientUrl: setting({
    variable: 'REVAL_CLIENT_URL',
    schema: serverUrl(['https', 'http'], 'https://reval.example.org'),
    description: "the admins' client, to which the console refers those who may not use it",
  }),
  consoleClientId: setting({
    variable: 'REVAL_CONSOLE_CLIENT_ID',
    schema: text(),
    description: 'client of REVAL_OIDC_ISSUER with which people log in to the console; if not set, log-in is off',
  }),
  consoleClientSecret: setting({
    variable: 'REVAL_CONSOLE_CLIENT_SECRET',
    schema: secretText(),
    description: 'secret of that client; leave it out for a public client',
    secret: true,
  }),
  consoleScopes: setting({
    variable: 'REVAL_CONSOLE_SCOPES',
    schema: text(),
    fallback: 'openid profile email',
    description:
      'scopes of the log-in, separated by spaces; the ID token must have the claim of REVAL_OIDC_ROLES_CLAIM',
  }),
  consoleLogoutUrl: setting({
    variable: 'REVAL_CONSOLE_LOGOUT_URL',
    schema: serverUrl(['https', 'http'], 'https://login.example.org/logout'),
    description: "the provider's log-out address, if its discovery document has none, as with Cognito",
  }),
  sessionKeys: setting({
    variable: 'REVAL_SESSION_KEYS',
    schema: sessionKeys(),
    description: 'secrets that encrypt sessions, separated by commas: the first encrypts, the others are still read',
    secret: true,
  }),
} as const

/** What the console's pages say about their installation. */
export interface ConsoleSettings {
  /** Empty in production. */
  readonly name: string
  readonly help: string
  /** Empty if not known. */
  readonly clientUrl: string
  /** How people log in; null if they cannot. */
  readonly logIn: LogInSettings | null
}

/** The console as a client of the OpenID provider. */
export interface LogInSettings {
  readonly clientId: string
  /** Empty for a public client. */
  readonly clientSecret: string
  readonly scopes: string
  /** Empty if the discovery document has the address. */
  readonly logoutUrl: string
  /** The address of the console as people's browsers have it, without the path. */
  readonly publicUrl: string
  /** Newest first. */
  readonly sessionKeys: readonly string[]
}

type Read = SettingValues<typeof CONSOLE_SETTINGS> & { readonly publicUrl: string }

export function consoleOf(read: Read): ConsoleSettings {
  const shown = { name: read.consoleName, help: read.consoleHelp, clientUrl: read.clientUrl }
  if (read.consoleClientId === '') return { ...shown, logIn: null }
  const logIn = {
    clientId: read.consoleClientId,
    clientSecret: read.consoleClientSecret,
    scopes: read.consoleScopes,
    logoutUrl: read.consoleLogoutUrl,
    publicUrl: read.publicUrl,
    sessionKeys: read.sessionKeys,
  }
  return { ...shown, logIn }
}

/** Contradictions between the settings of the console. */
export function consoleFaults(read: Read & { readonly oidcIssuer: string }): SettingFault[] {
  if (read.consoleClientId === '') {
    if (read.consoleClientSecret === '') return []
    const reason = 'has no effect without REVAL_CONSOLE_CLIENT_ID'
    return [{ setting: 'REVAL_CONSOLE_CLIENT_SECRET', reason }]
  }
  const needed = {
    REVAL_OIDC_ISSUER: read.oidcIssuer,
    REVAL_PUBLIC_URL: read.publicUrl,
    REVAL_SESSION_KEYS: read.sessionKeys.join(''),
  }
  return Object.entries(needed).flatMap(([setting, value]) =>
    value === '' ? { setting, reason: 'must be set if REVAL_CONSOLE_CLIENT_ID is: people log in with it' } : [],
  )
}
