import { randomBytes } from 'node:crypto'
import type { Owner } from '../../app/job/workplace.ts'
import { servers } from '../servers.ts'
import type { ServerName } from './server.ts'

/** The setting with the address of each server. */
const ADDRESSES: Readonly<Record<ServerName, string>> = {
  rabbitmq: 'REVAL_RABBITMQ_URL',
  sqs: 'REVAL_SQS_ENDPOINT',
  mysql: 'REVAL_MYSQL_URL',
  mongodb: 'REVAL_MONGODB_URL',
  search: 'REVAL_SEARCH_URL',
}

/** As an installation over a slow line has it, in both directions. */
const SLOW = { latency: 100, jitter: 50 }

/** A proxy of Toxiproxy before each server, as `stack/up toxiproxy` started it. */
export class Proxies {
  readonly #name: string

  private constructor(name: string) {
    this.#name = name
  }

  /** Removed when the test ends. `addresses` are the settings that lead to the servers; the result leads to the proxies. */
  static async make(t: Owner, addresses: Readonly<Record<string, string | undefined>>) {
    const proxies = new Proxies(randomBytes(4).toString('hex'))
    const settings: Record<string, string> = {}
    for (const [server, setting] of Object.entries(ADDRESSES) as [ServerName, string][]) {
      const url = new URL(addresses[setting] ?? '')
      url.host = await proxies.#open(server, url.host)
      t.after(() => proxies.#remove(server))
      // A URL without a path gets a slash, with which some clients look for an empty name.
      settings[setting] = url.href.replace(/(?<=:\d+)\/$/, '')
    }
    return { proxies, settings }
  }

  /** Ends every connection, and takes none until `mend`. */
  async cut(server: ServerName): Promise<void> {
    await this.#change(server, { enabled: false })
  }

  /** Everything arrives late. */
  async slow(server: ServerName): Promise<void> {
    await this.#poison(server, 'latency', SLOW)
  }

  /** Connections stay open, new ones are taken, and nothing goes through them. `mend` ends those. */
  async halfOpen(server: ServerName): Promise<void> {
    await this.#poison(server, 'timeout', { timeout: 0 })
  }

  async mend(server: ServerName): Promise<void> {
    const { toxics } = (await ask('GET', this.#path(server))) as { toxics: readonly { name: string }[] }
    for (const { name } of toxics) await ask('DELETE', `${this.#path(server)}/toxics/${name}`)
    await this.#change(server, { enabled: true })
  }

  async #open(server: ServerName, upstream: string): Promise<string> {
    const proxy = { name: this.#nameOf(server), listen: '127.0.0.1:0', upstream, enabled: true }
    return ((await ask('POST', '/proxies', proxy)) as { listen: string }).listen
  }

  async #remove(server: ServerName): Promise<void> {
    await ask('DELETE', this.#path(server))
  }

  async #change(server: ServerName, change: object): Promise<void> {
    await ask('POST', this.#path(server), change)
  }

  async #poison(server: ServerName, type: string, attributes: object): Promise<void> {
    for (const stream of ['upstream', 'downstream']) {
      await ask('POST', `${this.#path(server)}/toxics`, { name: `${type}-${stream}`, type, stream, attributes })
    }
  }

  #nameOf(server: ServerName): string {
    return `${this.#name}-${server}`
  }

  #path(server: ServerName): string {
    return `/proxies/${this.#nameOf(server)}`
  }
}

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(servers.toxiproxy.url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`)
  return text === '' ? null : JSON.parse(text)
}
