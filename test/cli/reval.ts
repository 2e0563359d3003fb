import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { runProgram } from '../../src/cli/program.ts'
import { StandardStreams } from '../../src/cli/standard-streams.ts'

export const ROOT = join(import.meta.dirname, '../..')
export const REVAL = join(ROOT, 'bin/reval')
export const SAMPLE = join(ROOT, 'test/fixtures/sample')

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Options {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly program?: string
  /** Open files in place of pipes that are read: `out`, `err` stay empty then. */
  readonly stdout?: number
  readonly stderr?: number
  /** The user it runs as. */
  readonly uid?: number
}

/** The environment of a user without REVAL_ variables. */
function environment(own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('REVAL_') && !name.startsWith('NODE_'),
  )
  return { ...Object.fromEntries(inherited), ...own }
}

/** Starts a command; its output is collected until it ends. */
export function start(args: readonly string[], { env, cwd, uid, program = REVAL, ...files }: Options = {}) {
  const child: ChildProcess = spawn(program, args, {
    env: environment(env),
    stdio: ['ignore', files.stdout ?? 'pipe', files.stderr ?? 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
  })
  const text = { out: '', err: '' }
  child.stdout?.on('data', (chunk: Buffer) => (text.out += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (text.err += chunk.toString()))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...text }))
  })
  /** Resolves once what was printed, on either side, matches. */
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(text.out) ?? pattern.exec(text.err)
        if (found !== null) resolve(found)
      }
      child.stdout?.on('data', look)
      child.stderr?.on('data', look)
      void ended.then(({ err }) => reject(new Error(`ended without saying ${String(pattern)}: ${err}`)))
      look()
    })
  return { child, ended, says }
}

/** Runs a command to its end, in a process of its own. A test that is not about processes runs it in its own: `reval`. */
export function revalProcess(args: readonly string[], options: Options = {}): Promise<Ended> {
  return start(args, options).ended
}

/** Runs a command to its end in this process, a quarter second of processor time faster. */
export async function reval(args: readonly string[], { env = {} }: Pick<Options, 'env'> = {}): Promise<Ended> {
  const text = { out: '', err: '' }
  const collecting = (name: keyof typeof text) =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text[name] += chunk.toString()
        done()
      },
    })
  const code = await runProgram(args, {
    environment: env,
    streams: new StandardStreams(collecting('out'), collecting('err')),
    log: { write: (lines) => (text.err += lines) },
    stopSignal: () => new AbortController().signal,
    exitStatus: { done: 0, failed: null },
  })
  return { code, ...text }
}

/** A folder for one test. */
export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'reval-cli-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The option for a data directory. */
export const at = (directory: string): string[] => ['--data-dir', directory]
