import type { WorkerBackends } from '../../src/app/backends.ts'
import { openConsole } from '../../src/console/console.ts'
import { HttpInstallation } from '../app/http/installation.ts'
import type { Owner } from '../app/job/workplace.ts'

interface SentRequest {
  readonly method?: string
  readonly body?: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
}

/** An answer of the console, with its page as text. */
export interface PageAnswer {
  readonly status: number
  readonly headers: Headers
  readonly html: string
}

/** A browser without JavaScript: it keeps cookies and sends forms with their hidden fields. */
export class ConsoleInstallation {
  readonly http: HttpInstallation
  readonly #cookies = new Map<string, string>()

  private constructor(http: HttpInstallation) {
    this.http = http
  }

  static async make(
    t: Owner,
    settings: Readonly<Record<string, string>> = {},
    alter?: (backends: WorkerBackends) => WorkerBackends,
  ): Promise<ConsoleInstallation> {
    return new ConsoleInstallation(await HttpInstallation.make(t, alter, settings, openConsole))
  }

  /** Another browser: without cookies. */
  forget(): void {
    this.#cookies.clear()
  }

  /** How long the cookies are. */
  get cookieBytes(): number {
    return [...this.#cookies].reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  }

  /** Changes the session cookie, as somebody would who cannot encrypt. */
  tamper(): void {
    for (const [name, value] of this.#cookies) this.#cookies.set(name, value.replace(/^../, 'xx'))
  }

  get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<PageAnswer> =>
    this.#send(path, { headers })

  /** Sends the form of a page: the hidden fields that the page has, and these. */
  submit = async (
    page: PageAnswer,
    path: string,
    fields: Readonly<Record<string, string>> = {},
    // As browsers send them, because pages tell no referrer.
    headers: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin', origin: 'null' },
  ): Promise<PageAnswer> => {
    const body = new URLSearchParams({ ...hiddenFields(page.html), ...fields })
    return this.#send(path, { method: 'POST', body, headers })
  }

  /** Follows the answer of an action to the page it names. */
  follow = async (answer: PageAnswer): Promise<PageAnswer> => {
    const location = answer.headers.get('location')
    if (location === null) throw new Error(`expected a redirect, but the status is ${answer.status}`)
    return this.get(location)
  }

  async #send(path: string, { headers, ...init }: SentRequest) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(this.http.server.address + path, {
      ...init,
      headers: { ...headers, cookie },
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
    })
    for (const each of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? []
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return { status: response.status, headers: response.headers, html: await response.text() }
  }
}

/** The hidden fields of a page's forms. */
export function hiddenFields(html: string): Record<string, string> {
  const fields = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]))
}

/** The text of a page, without its elements. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .trim()
}
