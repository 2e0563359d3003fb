import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Ticks of the kernel's clock in a second; Linux has told programs 100 on every machine for decades. */
const TICKS = 100
const LOOK_EVERY_MS = 250

export interface Used {
  readonly cpuSeconds: number
  /** The most that was resident. */
  readonly peakMegabytes: number
}

/** Looks at processes now and then, and tells what each used since the beginning. Linux only. */
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

  /** What each used until now. */
  get used(): ReadonlyMap<string, Used> {
    this.#look()
    return new Map(
      [...this.#pids].map(([name, pid]) => {
        const begin = this.#begin.get(name) ?? { cpu: 0, peak: 0 }
        // The kernel knows the peak of a process's whole life: it is ours where it has risen, and else what we saw.
        const peak = megabytes(pid, 'VmHWM')
        const peakMegabytes = peak > begin.peak ? peak : (this.#seen.get(name) ?? 0)
        return [name, { cpuSeconds: cpuSeconds(pid) - begin.cpu, peakMegabytes }]
      }),
    )
  }

  /** The processor time that everything else on this machine used until now. */
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

/** VmRSS is what is resident now, VmHWM the most that ever was; 0 for a process that is gone. */
function megabytes(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return (Number(found?.[1] ?? 0) * 1_024) / 1_000_000
}

/** The processor time of a process since it began, its threads included. */
export function cpuSeconds(pid: number): number {
  return secondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

function secondsIn(stat: string): number {
  // The name of the program, in brackets, may hold spaces.
  const fields = stat.replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** What a server that is a Java process used since it began. */
export interface JavaTime {
  readonly cpu: number
  /** By the threads that compile its code: a matter of how long it has been up, not of what it is asked. */
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

/** The processor time of everything on this machine, since it was started. */
export function machineCpuSeconds(): number {
  const [, user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split(/\s+/).map(Number)
  return [user, nice, system, irq, softirq].reduce<number>((sum, each) => sum + (each ?? 0), 0) / TICKS
}

const REST_LOOK_MS = 2_000
const REST_LONGEST_MS = 180_000
/** Of one core: what a server uses that has nothing to do. */
const REST_SHARE = 0.05

/**
 * Resolves when none of the servers is at work any more: what filling left them to do (flushing, purging, merging)
 * belongs to filling, and real sources were filled long ago.
 */
export async function atRest(pids: ReadonlyMap<string, number>): Promise<void> {
  const end = performance.now() + REST_LONGEST_MS
  while (performance.now() < end) {
    const before = [...pids.values()].map(cpuSeconds)
    await setTimeout(REST_LOOK_MS)
    const busiest = Math.max(...[...pids.values()].map((pid, at) => cpuSeconds(pid) - (before[at] ?? 0)))
    if (busiest / (REST_LOOK_MS / 1000) < REST_SHARE) return
  }
  console.error(`still at work after ${REST_LONGEST_MS / 1000} s: one of ${[...pids.keys()].join(', ')}`)
}

/** The processes of the stack's servers, by name. Throws where one is down, with the command that starts it. */
export function serverPids(): ReadonlyMap<string, number> {
  const status = join(import.meta.dirname, '../../stack/status')
  try {
    const lines = execFileSync(status, { encoding: 'utf8' }).trim().split('\n')
    return new Map(lines.map((line) => line.split(/\s+/)).map(([name = '', , pid = '']) => [name, Number(pid)]))
  } catch (error) {
    throw new Error('a server of the stack is down: run stack/up', { cause: error })
  }
}
