import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const REVAL = join(import.meta.dirname, '../../bin/reval')
const START_MS = 60_000
const STOP_MS = 30_000

/** `reval start`, on demo data in a directory of its own and on a port that was free. */
export class Service {
  readonly address: string
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, address: string) {
    this.#process = process
    this.address = address
  }

  /** Fills the directory, syncs, starts, and resolves once the service is ready. Its log is `service.log` there. */
  static async start(directory: string, settings: Readonly<Record<string, string>>): Promise<Service> {
    const env = { ...process.env, ...settings, REVAL_DATA_DIR: join(directory, 'data'), REVAL_PORT: '0' }
    await promisify(execFile)(REVAL, ['demo', '--doctors', '300'], { env, timeout: START_MS })
    const child = spawn(REVAL, ['start'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stderr.pipe(createWriteStream(join(directory, 'service.log')))
    try {
      const service = new Service(child, await addressOf(child))
      await service.#ready()
      return service
    } catch (error) {
      await stop(child)
      throw error
    }
  }

  /** Resolves with whether it went on until now, and stopped as it should. */
  async stop(): Promise<boolean> {
    const isRunning = this.#process.exitCode === null && this.#process.signalCode === null
    return (await stop(this.#process)) === 0 && isRunning
  }

  async #ready(): Promise<void> {
    const { status } = await fetch(`${this.address}/health/ready`, { signal: AbortSignal.timeout(START_MS) })
    if (status !== 200) throw new Error(`/health/ready answered ${status}`)
  }
}

/** Where the service says that it listens. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the service has no standard output')
  const lines = createInterface({ input: stdout })
  const signal = AbortSignal.timeout(START_MS)
  signal.addEventListener('abort', () => lines.close())
  for await (const line of lines) {
    const [, address] = / at (http:\/\/\S+)$/.exec(line) ?? []
    if (address !== undefined) return address
  }
  throw new Error('the service did not start; see its log')
}

/** Resolves with the exit status; null if it had to be killed. */
async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(late)
  return child.exitCode
}
