import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RevalProcess } from '../../test/stack/job/process.ts'
import { atRest, javaTime, javaTimeSince, Meter, serverPids, type JavaTime, type Used } from './processes.ts'
import { FOLDER_VARIABLE } from './record-ledger.ts'

export const SERVICES = ['tcs', 'recommendation', 'connection', 'integration'] as const
type Environment = Readonly<Record<string, string>>

export interface RunShown {
  readonly state: string
  readonly seconds: number
  readonly stages: readonly { readonly stage: string; readonly seconds: number; readonly rows: number }[]
}

export interface Job {
  readonly shown: RunShown
  /** Until the end of the job. */
  readonly used: ReadonlyMap<string, Used>
  /** Until the engine was idle again. */
  readonly usedUntilRest: ReadonlyMap<string, Used>
  /** The search engine, until it was idle again. */
  readonly engine: JavaTime
  /** The processor time of everything else on this machine, until the end of the job. */
  readonly others: number
  /** When it started, and when the engine was idle again, in milliseconds since the epoch. */
  readonly began: number
  readonly rested: number
}

/** One run in four processes; requests to the ledger are recorded in the folder. */
export async function runJob(environment: Environment, ledgerFolder: string): Promise<Job> {
  const noting = {
    ...environment,
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'record-ledger.ts')).href}`,
    [FOLDER_VARIABLE]: ledgerFolder,
  }
  const services = new Map(
    SERVICES.map((name) => [name, new RevalProcess(['start', name], { REVAL_PORT: '0', ...noting })]),
  )
  try {
    for (const service of services.values()) await service.address()
    const ours = [...services].map(([name, each]) => [name, nodePid(each.pid)] as const)
    const servers = serverPids()
    // The engine's work from starting the services does not belong to the job.
    await atRest(servers)
    const engine = servers.get('search') ?? 0
    const engineBegin = javaTime(engine)
    const meter = new Meter(new Map([...ours, ...servers]))
    try {
      const began = Date.now()
      const shown = JSON.parse(await command(noting, 'sync', '--json')) as RunShown
      const { used, others } = meter
      await atRest(new Map([...ours, ['search', engine]]))
      return {
        shown,
        used,
        usedUntilRest: meter.used,
        engine: javaTimeSince(engineBegin, engine),
        others,
        began,
        rested: Date.now(),
      }
    } finally {
      meter.stop()
    }
  } finally {
    await Promise.all([...services.values()].map((each) => each.stop()))
  }
}

/** Our four processes together. */
export function cpuOfServices(used: ReadonlyMap<string, Used>): number {
  return SERVICES.reduce((sum, name) => sum + (used.get(name)?.cpuSeconds ?? 0), 0)
}

export async function command(environment: Environment, ...args: readonly string[]): Promise<string> {
  const process = new RevalProcess(args, environment)
  const { code } = await process.finished()
  if (code !== 0) throw new Error(`reval ${args.join(' ')}: ${process.complaints}`)
  return process.output
}

/** `bin/reval` replaces itself with Node by `exec`, so there is one process. */
function nodePid(pid: number): number {
  const name = readFileSync(`/proc/${pid}/comm`, 'utf8')
  if (!/node|MainThread/.test(name)) throw new Error(`process ${pid} is ${name.trim()}, expected Node`)
  return pid
}
