import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Ticks of the kernel's clock in a second; Linux has told programs 100 on every machine for decades. */
const TICKS = 100
const PAGE_BYTES = 4_096
const LOOK_EVERY_MS = 250

export interface Used {
  readonly cpuSeconds: number
  /** The most that was resident at any look. */
  readonly peakMegabytes: number
}

/** Looks at processes now and then, and tells what each used from the beginning to the end. Linux only. */
export class Meter {
  readonly #pids: ReadonlyMap<string, number>
  readonly #begin = new Map<string, number>()
  readonly #peak = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  constructor(pids: ReadonlyMap<string, number>) {
    this.#pids = pids
    for (const [name, pid] of pids) this.#begin.set(name, cpuSeconds(pid))
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  stop(): ReadonlyMap<string, Used> {
    clearInterval(this.#timer)
    this.#look()
    return new Map(
      [...this.#pids].map(([name, pid]) => [
        name,
        { cpuSeconds: cpuSeconds(pid) - (this.#begin.get(name) ?? 0), peakMegabytes: this.#peak.get(name) ?? 0 },
      ]),
    )
  }

  #look(): void {
    for (const [name, pid] of this.#pids) {
      const resident = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
      this.#peak.set(name, Math.max(this.#peak.get(name) ?? 0, resident / 1_000_000))
    }
  }
}

function cpuSeconds(pid: number): number {
  // The name of the program, in brackets, may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
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
