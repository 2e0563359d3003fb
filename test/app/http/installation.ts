import { listen, type HttpServer } from '../../../src/app/http/server.ts'
import { createLog } from '../../../src/app/log.ts'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { HttpConsole } from '../../../src/app/http/console.ts'
import type { Config } from '../../../src/config/config.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { SERVICE_NAMES, type ServiceName } from '../../../src/ports/run-ledger.ts'
import { Workplace, type Owner } from '../job/workplace.ts'

/** Every caller may do everything, as often as they like. */
export const NO_SIGN_IN = {
  publicUrl: '',
  operatorToken: '',
  metricsToken: '',
  oidc: null,
  requestsPerMinute: 0,
  trustedProxies: [],
} as const

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The body, from JSON if it is; what a test reads of it, it checks. */
  readonly body: unknown
}

/** A worker with its HTTP server, as `reval start` has them, on a port that was free. */
export class HttpInstallation {
  readonly place: Workplace
  readonly worker: Worker
  readonly server: HttpServer

  private constructor(place: Workplace, worker: Worker, server: HttpServer) {
    this.place = place
    this.worker = worker
    this.server = server
  }

  /** Filled with few sources; stopped and removed when the test ends. */
  static async make(
    t: Owner,
    alter?: (backends: WorkerBackends) => WorkerBackends,
    settings: Readonly<Record<string, string>> = {},
    open: (worker: Worker, config: Config) => HttpConsole | null = () => null,
    services: readonly ServiceName[] = SERVICE_NAMES,
  ): Promise<HttpInstallation> {
    const place = await Workplace.make(t, { REVAL_PORT: '0', ...settings })
    await place.loadFew()
    const worker = await place.start(alter, undefined, services, { metrics: true })
    const server = await listen(
      worker,
      createLog({ level: 'silent', format: 'json' }),
      place.config.http,
      open(worker, place.config),
    )
    t.after(() => server.stop())
    return new HttpInstallation(place, worker, server)
  }

  get = (path: string, token?: string): Promise<Answer> => this.send('GET', path, { token })

  post = (path: string, body?: object, token?: string): Promise<Answer> => this.send('POST', path, { body, token })

  /** `token` is the whole `Authorization` header. */
  send = (
    method: string,
    path: string,
    { body, token }: { readonly body?: object | undefined; readonly token?: string | undefined } = {},
  ): Promise<Answer> => {
    const headers: Record<string, string> = {}
    if (token !== undefined) headers.authorization = token
    if (body !== undefined) headers['content-type'] = 'application/json'
    return this.#fetch(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  }

  async #fetch(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.server.address + path, { ...init, signal: AbortSignal.timeout(20_000) })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' || !isJson(response) ? text || null : (JSON.parse(text) as unknown),
    }
  }
}

function isJson({ headers }: Response): boolean {
  return headers.get('content-type')?.includes('json') === true
}
