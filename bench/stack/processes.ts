import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Kernel clock ticks per second: 100 for programs on any Linux. */
const TICKS = 100
const LOOK_EVERY_MS = 250

export interface Used {
  readonly cpuSeconds: number
  /** Peak resident memory. */
  readonly peakMegabytes: number
}

/** Samples processes, and returns what each has used since the start. Linux only. */
export class Meter {
  readonly #pids: ReadonlyMap<string, number>
  readonly #begin = new Map<string, { readonly cpu: number; readonly peak: number }>()
  readonly #seen = new Map<string, number>()
  readonly #machine = machineCpuSeconds()
  readonly #timer: NodeJS.Timeout

  constructor(pids: ReadonlyMap<string, number>) {
    this.#pids = pids
    for (const [name, pid] of pids) this.#begin.set(name, { cpu: cpuSeconds(pid), peak: megabytes(pid, 'VmHWM') })
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  /** What each has used so far. */
  get used(): ReadonlyMap<string, Used> {
    this.#look()
    return new Map(
      [...this.#pids].map(([name, pid]) => {
        const begin = this.#begin.get(name) ?? { cpu: 0, peak: 0 }
        // The kernel's peak is for the life of the process: use it if it has risen, otherwise the samples.
        const peak = megabytes(pid, 'VmHWM')
        const peakMegabytes = peak > begin.peak ? peak : (this.#seen.get(name) ?? 0)
        return [name, { cpuSeconds: cpuSeconds(pid) - begin.cpu, peakMegabytes }]
      }),
    )
  }

  /** The processor time everything else on this machine has used so far. */
  get others(): number {
    const metered = [...this.used.values()].reduce((sum, each) => sum + each.cpuSeconds, 0)
    return Math.max(0, machineCpuSeconds() - this.#machine - metered)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    for (const [name, pid] of this.#pids) {
      this.#seen.set(name, Math.max(this.#seen.get(name) ?? 0, megabytes(pid, 'VmRSS')))
    }
  }
}

/** VmRSS is resident memory now, VmHWM its peak; 0 for a process that has ended. */
function megabytes(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return (Number(found?.[1] ?? 0) * 1_024) / 1_000_000
}

/** The resident memory of a process now. */
export function residentMegabytes(pid: number): number {
  return megabytes(pid, 'VmRSS')
}

/** The processor time of a process and its threads since it started. */
export function cpuSeconds(pid: number): number {
  return secondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

function secondsIn(stat: string): number {
  // The program name, in brackets, may contain spaces.
  const fields = stat.replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** What a Java server has used since it started. */
export interface JavaTime {
  readonly cpu: number
  /** By its JIT compiler threads, which depends on its uptime rather than on the load. */
  readonly compiling: number
}

export function javaTime(pid: number): JavaTime {
  const compilers = readdirSync(`/proc/${pid}/task`)
    .map((thread) => statOfThread(`/proc/${pid}/task/${thread}/stat`))
    .filter((stat) => /\(C[12] Compiler/.test(stat))
  return { cpu: cpuSeconds(pid), compiling: compilers.reduce((sum, stat) => sum + secondsIn(stat), 0) }
}

/** Empty for a thread that has ended since it was listed. */
function statOfThread(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return ''
    throw error
  }
}

export function javaTimeSince(begin: JavaTime, pid: number): JavaTime {
  const now = javaTime(pid)
  return { cpu: now.cpu - begin.cpu, compiling: now.compiling - begin.compiling }
}

/** The processor time of everything on this machine since boot. */
export function machineCpuSeconds(): number {
  const [, user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split(/\s+/).map(Number)
  return [user, nice, system, irq, softirq].reduce<number>((sum, each) => sum + (each ?? 0), 0) / TICKS
}

const REST_LOOK_MS = 2_000
const REST_LONGEST_MS = 180_000
/** Share of one core that an idle server uses. */
const REST_SHARE = 0.05

/**
 * Resolves when all servers are idle: the work left by filling (flushing, purging, merging) belongs to filling, and
 * real sources were filled long ago.
 */
export async function atRest(pids: ReadonlyMap<string, number>): Promise<void> {
  const end = performance.now() + REST_LONGEST_MS
  while (performance.now() < end) {
    const before = [...pids.values()].map(cpuSeconds)
    await setTimeout(REST_LOOK_MS)
    const busiest = Math.max(...[...pids.values()].map((pid, at) => cpuSeconds(pid) - (before[at] ?? 0)))
    if (busiest / (REST_LOOK_MS / 1000) < REST_SHARE) return
  }
  console.error(`still busy after ${REST_LONGEST_MS / 1000} s: one of ${[...pids.keys()].join(', ')}`)
}

/** The processes of the stack's servers, by name. Throws if one is down, with the command that starts it. */
export function serverPids(): ReadonlyMap<string, number> {
  const status = join(import.meta.dirname, '../../stack/status')
  try {
    const lines = execFileSync(status, { encoding: 'utf8' }).trim().split('\n')
    return new Map(lines.map((line) => line.split(/\s+/)).map(([name = '', , pid = '']) => [name, Number(pid)]))
  } catch (error) {
    throw new Error('a server of the stack is down: run stack/up', { cause: error })
  }
}
