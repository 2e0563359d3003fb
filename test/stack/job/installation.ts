import assert from 'node:assert/strict'
import { backendsOf, type ReaderBackends } from '../../../src/app/backends.ts'
import type { RunView } from '../../../src/app/run-view.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { INDEX_NAMES, type IndexName } from '../../../src/domain/lists.ts'
import type { ServiceName } from '../../../src/ports/run-ledger.ts'
import { canonical, SAMPLE, type Documents, type Owner } from '../../app/job/workplace.ts'
import { newNamespace, type Namespace } from './namespace.ts'
import { RevalProcess, type ProcessOptions } from './process.ts'

export const SERVICES: readonly ServiceName[] = ['tcs', 'recommendation', 'connection', 'integration']

/** An installation on the real servers under names of its own, and the processes that are started for it. */
export class Installation {
  environment: Readonly<Record<string, string>>
  readonly namespace: Namespace
  readonly #processes: RevalProcess[] = []

  readonly #options: ProcessOptions

  private constructor(namespace: Namespace, settings: Readonly<Record<string, string>>, options: ProcessOptions) {
    this.namespace = namespace
    this.#options = options
    this.environment = { ...namespace.environment, REVAL_SQS_WAIT_SECONDS: '1', ...settings }
  }

  /** Removed when the test ends, its processes stopped. */
  static async make(
    t: Owner,
    settings: Readonly<Record<string, string>> = {},
    options: Pick<ProcessOptions, 'longestWaitMs'> = {},
  ): Promise<Installation> {
    const installation = new Installation(await newNamespace(), settings, options)
    t.after(async () => {
      await Promise.all(installation.#processes.map((each) => each.stop()))
      await installation.namespace.remove()
    })
    return installation
  }

  /** What is started from now on has these settings too. */
  set(settings: Readonly<Record<string, string>>): void {
    this.environment = { ...this.environment, ...settings }
  }

  /** A service of its own process, that answers. */
  async start(service: ServiceName, settings: Readonly<Record<string, string>> = {}): Promise<RevalProcess> {
    const started = this.run(['start', service], { REVAL_PORT: '0', ...settings })
    await started.address()
    return started
  }

  /** A process each for these services. */
  async startAll(services: readonly ServiceName[] = SERVICES): Promise<ReadonlyMap<ServiceName, RevalProcess>> {
    const started = await Promise.all(services.map(async (name) => [name, await this.start(name)] as const))
    return new Map(started)
  }

  /** Several services in one process, that answers. */
  async startTogether(services: readonly ServiceName[]): Promise<RevalProcess> {
    const started = this.run(['start', ...services], { REVAL_PORT: '0' })
    await started.address()
    return started
  }

  /** Any command; of another program where one is named. */
  run(args: readonly string[], settings: Readonly<Record<string, string>> = {}, program?: string): RevalProcess {
    const options = { ...this.#options, ...(program === undefined ? {} : { program }) }
    const started = new RevalProcess(args, { ...this.environment, ...settings }, options)
    this.#processes.push(started)
    return started
  }

  /** A command that has to succeed; resolves with what it printed. */
  async reval(...args: readonly string[]): Promise<string> {
    const command = this.run(args)
    const { code } = await command.end()
    assert.equal(code, 0, `reval ${args.join(' ')}: ${command.complaints}${JSON.stringify(command.logged.slice(-3))}`)
    return command.output
  }

  /** A command that has to be refused; resolves with its status and what it said of the reason. */
  async refused(...args: readonly string[]): Promise<{ readonly code: number | null; readonly complaints: string }> {
    const command = this.run(args)
    const { code } = await command.end()
    assert.notEqual(code, 0, `reval ${args.join(' ')} succeeded: ${command.output}`)
    return { code, complaints: command.complaints }
  }

  loadSample(): Promise<string> {
    return this.reval('load', SAMPLE)
  }

  /** Runs the job as an operator does; resolves with the run as it ended, which is live. */
  async sync(): Promise<RunView> {
    return JSON.parse(await this.reval('sync', '--json')) as RunView
  }

  /** Looks at the servers from here, without starting a command for it. */
  async reading<T>(read: (backends: ReaderBackends) => Promise<T>, settings = this.environment): Promise<T> {
    const config = readConfig({ ...environment(), ...settings })
    const backends = await (await backendsOf(config)).openReader(config)
    try {
      return await read(backends)
    } finally {
      await backends.close()
    }
  }

  /** What the five aliases show. */
  async documents(day?: string): Promise<Documents> {
    const read = async (index: IndexName) => {
      const output = await this.reval('export', index, ...(day === undefined ? [] : ['--day', day]))
      const lines = output === '' ? [] : output.split('\n')
      return [index, lines.map((line) => canonical(JSON.parse(line) as object)).sort()] as const
    }
    const all: (readonly [IndexName, readonly string[]])[] = []
    for (const index of INDEX_NAMES) all.push(await read(index))
    // All names, and no others.
    return Object.fromEntries(all) as Record<IndexName, readonly string[]>
  }
}
