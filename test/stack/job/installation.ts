import assert from 'node:assert/strict'
import { INDEX_NAMES, type IndexName } from '../../../src/domain/lists.ts'
import type { ServiceName } from '../../../src/ports/run-ledger.ts'
import { canonical, SAMPLE, type Documents, type Owner } from '../../app/job/workplace.ts'
import { newNamespace, type Namespace } from './namespace.ts'
import { RevalProcess } from './process.ts'

export const SERVICES: readonly ServiceName[] = ['tcs', 'recommendation', 'connection', 'integration']

/** An installation on the real servers under names of its own, and the processes that are started for it. */
export class Installation {
  readonly environment: Readonly<Record<string, string>>
  readonly namespace: Namespace
  readonly #processes: RevalProcess[] = []

  private constructor(namespace: Namespace, settings: Readonly<Record<string, string>>) {
    this.namespace = namespace
    this.environment = { ...namespace.environment, REVAL_SQS_WAIT_SECONDS: '1', ...settings }
  }

  /** Removed when the test ends, its processes stopped. */
  static async make(t: Owner, settings: Readonly<Record<string, string>> = {}): Promise<Installation> {
    const installation = new Installation(await newNamespace(), settings)
    t.after(async () => {
      await Promise.all(installation.#processes.map((each) => each.stop()))
      await installation.namespace.remove()
    })
    return installation
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

  /** Any command. */
  run(args: readonly string[], settings: Readonly<Record<string, string>> = {}): RevalProcess {
    const started = new RevalProcess(args, { ...this.environment, ...settings })
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
  async sync(): Promise<{ readonly id: string; readonly state: string }> {
    return JSON.parse(await this.reval('sync', '--json')) as { id: string; state: string }
  }

  /** What the five names show. */
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
