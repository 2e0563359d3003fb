import { signingKey, TestProvider, type People } from '../app/http/access/provider.ts'
import type { Owner } from '../app/job/workplace.ts'
import { ConsoleInstallation } from './installation.ts'

export const PUBLIC_URL = 'http://console.test'
const CLIENT = { id: 'reval-console', secret: 'a secret of the console', url: PUBLIC_URL }

/** What people log in with. */
export const PEOPLE = {
  ada: { name: 'Ada <b>Okafor</b>', 'cognito:groups': ['reval-operator'] },
  ben: { name: 'Ben Shah', 'cognito:groups': ['reval-support'] },
  eve: { name: 'Eve Admin', 'cognito:groups': ['RevalAdmin'] },
} satisfies People

/** A console with a log-in, and its provider, which has one signing key. */
export class LogInInstallation {
  readonly console: ConsoleInstallation
  readonly provider: TestProvider

  private constructor(console: ConsoleInstallation, provider: TestProvider) {
    this.console = console
    this.provider = provider
  }

  static async make(owner: Owner, key = signingKey('first')): Promise<LogInInstallation> {
    const provider = await TestProvider.start(owner, key, PEOPLE, CLIENT)
    const console = await ConsoleInstallation.make(owner, {
      REVAL_OIDC_ISSUER: provider.issuer,
      REVAL_OIDC_CLIENT_ID: 'reval-web',
      REVAL_CONSOLE_CLIENT_ID: CLIENT.id,
      REVAL_CONSOLE_CLIENT_SECRET: CLIENT.secret,
      REVAL_PUBLIC_URL: `${PUBLIC_URL}/`,
      REVAL_SESSION_KEYS: 'a key for the sessions of the tests which is long enough',
      REVAL_CLIENT_URL: 'https://client.example.org',
      REVAL_REQUESTS_PER_MINUTE: '0',
    })
    return new LogInInstallation(console, provider)
  }

  /** Logs a person in at the provider, up to the address that it sends the browser back to. */
  async cameBack(person: string, to = '/console/help'): Promise<string> {
    const start = await this.console.get(`/console/login/start?to=${encodeURIComponent(to)}`)
    const url = start.headers.get('location') ?? ''
    const back = await this.provider.authorize(url, person, `${PUBLIC_URL}/console/login/back`)
    return back.slice(PUBLIC_URL.length)
  }

  /** The answer to the browser that comes back: a redirect to the page. */
  async logIn(person: string, to?: string) {
    return this.console.get(await this.cameBack(person, to))
  }
}
