import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName, Stage } from '../../../src/ports/run-ledger.ts'
import { readInstallation, readRun } from '../../../src/sync/records.ts'
import type { RunView } from '../../../src/app/run-view.ts'
import { readDocuments, type Owner } from '../../app/job/workplace.ts'
import { Installation, SERVICES } from '../job/installation.ts'
import type { LogLine, RevalProcess } from '../job/process.ts'
import { ChangeFlow, type FlowOptions } from './change-flow.ts'
import { differenceOf, rebuilt, type Difference } from './rebuilt.ts'

/** Slow enough that something can happen in each stage of a run, with time for several outages. */
const SETTINGS = {
  REVAL_SOURCE_ROWS_PER_SECOND: '1000',
  REVAL_MESSAGE_ROWS: '50',
  REVAL_CLAIM_TRIES: '30',
  REVAL_WRITER_LEASE_SECONDS: '5',
  REVAL_LEASE_SECONDS: '8',
  REVAL_CLAIM_TIMEOUT_SECONDS: '3',
  REVAL_SQS_VISIBILITY_SECONDS: '10',
}

/** A run with a fault in it, on a machine that is busy with others. */
const LONGEST_WAIT_MS = 300_000
/** Changes are visible some time after the last of them was published. */
const LONGEST_CATCHING_UP_MS = 90_000

/** An installation to which faults happen: its processes, each of which can be replaced, and whether what it shows is exact. */
export class FaultPlace {
  readonly installation: Installation
  /** The settings that lead to the servers themselves, whatever is put before them. */
  readonly #direct: Readonly<Record<string, string>>
  #flows = 0
  readonly #processes = new Map<ServiceName, RevalProcess>()

  private constructor(installation: Installation, direct: Readonly<Record<string, string>>) {
    this.installation = installation
    this.#direct = direct
  }

  /**
   * With the sample in its sources, and nothing started. `between` gives the settings that lead its processes to what
   * stands between them and the servers.
   */
  static async make(
    t: Owner,
    settings: Readonly<Record<string, string>> = {},
    between: (direct: Readonly<Record<string, string | undefined>>) => Promise<Readonly<Record<string, string>>> = () =>
      Promise.resolve({}),
  ): Promise<FaultPlace> {
    const installation = await Installation.make(t, { ...SETTINGS, ...settings }, { longestWaitMs: LONGEST_WAIT_MS })
    const place = new FaultPlace(installation, installation.environment)
    await installation.loadSample()
    installation.set(await between({ ...process.env, ...installation.environment }))
    return place
  }

  /** The process that a service has now. */
  process(service: ServiceName): RevalProcess {
    return this.#processes.get(service) ?? assert.fail(`${service} was not started`)
  }

  /** Starts services, each as a process of its own, in place of those that they have. */
  async start(...services: readonly ServiceName[]): Promise<void> {
    await Promise.all(
      services.map(async (service) => {
        await this.#processes.get(service)?.stop()
        this.#processes.set(service, await this.installation.start(service))
      }),
    )
  }

  async startAll(): Promise<void> {
    await this.start(...SERVICES)
  }

  /** Starts all services, and syncs until there is a previous generation too. */
  async startLive(): Promise<void> {
    await this.startAll()
    await this.installation.sync()
    await this.installation.sync()
  }

  /** Another process acts for a service from now on. */
  has(service: ServiceName, process: RevalProcess): void {
    this.#processes.set(service, process)
  }

  /** Kills the process of a service, and starts another one in its place. */
  async kill(service: ServiceName): Promise<void> {
    const killed = this.process(service)
    killed.kill('SIGKILL')
    assert.equal((await killed.end()).signal, 'SIGKILL')
    await this.start(service)
  }

  /** Resolves with a line that integration logs from now on. */
  async nextLog(what: string, wanted: (line: LogLine) => boolean): Promise<LogLine> {
    const integration = this.process('integration')
    const seen = integration.logged.length
    return integration.until(what, () => integration.logged.slice(seen).find(wanted) ?? null)
  }

  /**
   * A run to which something happens as a stage begins. `strike` resolves once the fault is over; the run has to go live.
   * Resolves with the run and the seconds from then until it is.
   */
  async runThrough(stage: Stage, strike: () => Promise<void>): Promise<{ run: RunView; seconds: number }> {
    const started = this.nextLog(stage, (line) => line.msg === 'stage started' && line.stage === stage)
    const sync = this.installation.run(['sync', '--json'])
    await started
    await strike()
    const over = performance.now()
    const { code } = await sync.end()
    const seconds = (performance.now() - over) / 1_000
    assert.equal(code, 0, sync.complaints)
    return { run: JSON.parse(sync.output) as RunView, seconds }
  }

  /**
   * Something happens while changes flow. `strike` resolves once the fault is over. Resolves with the seconds from then until
   * the indexes show all changes, those made since included.
   */
  async changesThrough(strike: () => Promise<void>, options: Partial<FlowOptions> = {}): Promise<number> {
    this.#flows += 1
    const flow = await ChangeFlow.start(this.#direct, { seed: this.#flows, perSecond: 25, ...options })
    const struck = async () => {
      await flow.more(20)
      await strike()
      const over = performance.now()
      await flow.more(10)
      return over
    }
    const over = await struck().finally(() => flow.stop())
    await this.caughtUp()
    return (performance.now() - over) / 1_000
  }

  /** How what live and previous show differs from what a rebuild from the sources would show. */
  async difference(): Promise<Difference> {
    return this.installation.reading(async ({ store, ledger }) => {
      const { live, previous, stale } = await readInstallation(ledger)
      const all: Difference[] = []
      for (const kept of [live, previous]) {
        if (kept === null || stale[kept.generation] !== undefined) continue
        const { day } = await readRun(ledger, kept.run)
        const found = await readDocuments({ store }, kept === live ? 'live' : kept.generation, day)
        all.push(differenceOf(await rebuilt(this.#direct, day), found))
      }
      return { lost: all.flatMap(({ lost }) => lost), surplus: all.flatMap(({ surplus }) => surplus) }
    }, this.#direct)
  }

  /** Asserts that the indexes show what they must; resolves with the documents that are missing or wrong: none. */
  async exact(): Promise<number> {
    const { lost, surplus } = await this.difference()
    assert.deepEqual({ lost: lost.slice(0, 5), surplus: surplus.slice(0, 5) }, { lost: [], surplus: [] })
    return lost.length
  }

  /** Waits until the indexes show what the sources hold, which no longer change. */
  async caughtUp(): Promise<void> {
    const end = performance.now() + LONGEST_CATCHING_UP_MS
    for (;;) {
      const { lost, surplus } = await this.difference()
      if (lost.length + surplus.length === 0) return
      if (performance.now() > end) await this.exact()
      await pause(200)
    }
  }
}
