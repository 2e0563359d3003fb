import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as z from 'zod'

export const OPS = join(import.meta.dirname, '../../ops')
export const promtool = (...args: readonly string[]) => promisify(execFile)('promtool', args, { cwd: OPS })

/** What a test offers for cleaning up. */
interface Owner {
  after(clean: () => Promise<void>): unknown
}

const RESULT = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
})
const FIRING = z.object({
  data: z.object({ alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })) }),
})

export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** How long to wait for something, which takes a second or two on an idle machine. */
const LONGEST_MS = 120_000
const LOOK_EVERY_MS = 200

/** The real Prometheus, which scrapes every five seconds and knows our alerts, without their `for`. */
export class Prometheus {
  readonly #url: string

  private constructor(url: string) {
    this.#url = url
  }

  /** Scrapes these addresses, such as `127.0.0.1:8088`. Stopped and removed when the test ends. */
  static async start(t: Owner, targets: readonly string[]): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'reval-prometheus-'))
    const alerts = await readFile(join(OPS, 'alerts.yaml'), 'utf8')
    await writeFile(join(folder, 'alerts.yaml'), alerts.replaceAll(/^ +for: .*\n/gm, ''))
    await writeFile(join(folder, 'prometheus.yml'), configuration(targets))
    const port = await freePort()
    const args = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    const child = spawn('prometheus', args, { stdio: 'ignore' })
    t.after(async () => {
      await stopped(child)
      await rm(folder, { recursive: true })
    })
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`)
    await prometheus.until('Prometheus to be ready', async () =>
      (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => null))?.ok === true ? true : null,
    )
    return prometheus
  }

  /** The series of an expression now. */
  async query(expression: string): Promise<readonly Series[]> {
    const { data } = RESULT.parse(await this.#get(`/api/v1/query?query=${encodeURIComponent(expression)}`))
    return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }))
  }

  /** The names of the alerts that fire, some with the server or instance that they are about. */
  async firing(): Promise<readonly Readonly<Record<string, string>>[]> {
    const { data } = FIRING.parse(await this.#get('/api/v1/alerts'))
    return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels)
  }

  /** Resolves once an alert with these labels fires. */
  async untilFiring(labels: Readonly<Record<string, string>>): Promise<void> {
    await this.until(`${JSON.stringify(labels)} to fire`, async () => ((await this.#has(labels)) ? true : null))
  }

  /** Resolves once no alert with these labels fires. */
  async untilResolved(labels: Readonly<Record<string, string>>): Promise<void> {
    await this.until(`${JSON.stringify(labels)} to resolve`, async () => ((await this.#has(labels)) ? null : true))
  }

  async #has(labels: Readonly<Record<string, string>>): Promise<boolean> {
    const all = await this.firing()
    return all.some((alert) => Object.entries(labels).every(([label, value]) => alert[label] === value))
  }

  /** What a look gives once it is not null. Prometheus has nothing to wait for but its own clock. */
  async until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const deadline = Date.now() + LONGEST_MS
    for (;;) {
      const found = await look()
      if (found !== null) return found
      if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`)
      await pause(LOOK_EVERY_MS)
    }
  }

  async #get(path: string): Promise<unknown> {
    const response = await fetch(this.#url + path, { signal: AbortSignal.timeout(20_000) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return JSON.parse(text)
  }
}

function configuration(targets: readonly string[]): string {
  return [
    'global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }',
    'rule_files: [alerts.yaml]',
    'scrape_configs:',
    '  - job_name: reval',
    // A scrape may wait two seconds for servers that do not answer.
    '    scrape_interval: 5s',
    '    scrape_timeout: 5s',
    `    static_configs: [{ targets: [${targets.map((target) => `'${target}'`).join(', ')}] }]`,
    '',
  ].join('\n')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'close')
}
