import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { claimId, STAGES, type Run, type RunLedger, type WriterRequest } from '../../src/ports/run-ledger.ts'
import { createRunEvents } from '../../src/sync/events.ts'
import { readInbox, readInstallation } from '../../src/sync/records.ts'
import { SENDERS } from '../../src/sync/stages.ts'
import { NO_COMPARISONS, runToEnd, UNJUDGED, Workplace, type Documents, type Owner } from '../app/job/workplace.ts'

const CHILD = join(import.meta.dirname, 'child.ts')

export interface Ended {
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** Runs the child program on a workplace; see child.ts for the words. */
function runChild(place: Workplace, words: readonly string[]): Promise<Ended> {
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, ...words], {
    env: {
      ...process.env,
      // Also where stack/env was sourced.
      REVAL_BACKENDS: 'embedded',
      REVAL_DATA_DIR: place.directory,
      REVAL_POLL_MS: '20',
      REVAL_MESSAGE_ROWS: '100',
      REVAL_LISTS: place.config.lists.builtAs,
      ...NO_COMPARISONS,
      ...UNJUDGED,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  started.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  return new Promise<Ended>((resolve, reject) => {
    started.on('error', reject)
    started.on('close', (_code, signal) => resolve({ signal, output }))
  })
}

/** Runs the child program to its end, and resolves with the last line it printed. */
export async function child(place: Workplace, ...words: readonly string[]): Promise<Ended> {
  const { signal, output } = await runChild(place, words)
  return { signal, output: output.trim().split('\n').at(-1) ?? '' }
}

/** Runs the child program until it kills itself at the n-th of a moment. */
export async function killedAt(place: Workplace, what: string, moment: string, nth = 1): Promise<void> {
  const { signal, output } = await child(place, what, moment, String(nth))
  assert.equal(signal, 'SIGKILL', `the child never came to "${moment}" number ${nth}: ${output}`)
}

/** A workplace whose live generation is a small demo, without a worker. */
export async function demoLive(owner: Owner): Promise<Workplace> {
  const place = await Workplace.make(owner, UNJUDGED)
  await place.makeDemo(60)
  const worker = await place.start()
  assert.equal((await runToEnd(worker)).state, 'live')
  await worker.stop()
  return place
}

/** The result of a start after a crash. */
export interface CarriedOn {
  /** The interrupted run, as it ended; null if there was none. */
  readonly run: Run | null
  /** What was asked before the crash, with its answers. */
  readonly requests: readonly WriterRequest[]
}

/** Starts again after a crash: requests are answered, and the interrupted run continues. */
export async function carryOn(place: Workplace): Promise<CarriedOn> {
  const { id, unanswered } = await place.reading(async ({ ledger }) => {
    const { currentRun } = await readInstallation(ledger)
    const { requests } = await readInbox(ledger)
    return { id: currentRun?.id, unanswered: requests.filter(({ answer }) => answer === null).length }
  })
  const events = createRunEvents()
  const ended = new Promise<Run>((resolve) => {
    events.on('run.ended', ({ run }) => {
      if (run.id === id) resolve(run)
    })
  })
  const answered = new Promise<void>((resolve) => {
    let answers = 0
    events.on('request.answered', () => {
      answers += 1
      if (answers === unanswered) resolve()
    })
  })
  // From there on, leftovers of an earlier process are removed, even if the worker is stopped at once.
  const taken = new Promise<void>((resolve) => events.on('lease.acquired', () => resolve()))
  const worker = await place.start(undefined, events)
  await taken
  if (unanswered > 0) await answered
  const run = id === undefined ? null : await ended
  const { requests } = await readInbox(worker.context.ledger)
  await worker.stop()
  return { run, requests }
}

/** A new run, in a worker of its own. */
export async function runAnew(place: Workplace): Promise<Run> {
  const worker = await place.start()
  const run = await runToEnd(worker)
  await worker.stop()
  return run
}

/** Readers see one of several whole sets, and not something between them. */
export async function assertOneOf(place: Workplace, ...sets: readonly Documents[]): Promise<void> {
  const seen = await place.documents()
  assert.ok(
    sets.some((set) => isDeepStrictEqual(set, seen)),
    'the live set is none of the complete sets',
  )
}

/** Nothing is left over: the directory has the live generation and the one before, nothing of any run but its record. */
export async function assertNothingLeft(place: Workplace): Promise<void> {
  await place.reading(async ({ ledger, store }) => {
    const { live, previous, heldBack, changing, currentRun, history } = await readInstallation(ledger)
    const kept = [live, previous, heldBack].flatMap((each) => each?.generation ?? [])
    assert.equal(changing, null)
    assert.equal(currentRun, null)
    assert.deepEqual((await store.generations()).map(({ id }) => id).sort(), kept.toSorted())
    assert.deepEqual(await readdir(join(place.directory, 'scratch')), [], 'a scratch file is left')
    const files = await readdir(join(place.directory, 'generations'))
    const expected = kept.map((id) => `${id}.sqlite`)
    assert.deepEqual(files.filter((name) => name.endsWith('.sqlite')).sort(), expected.sort())
    const names = await store.liveAliases()
    assert.deepEqual(new Set(Object.values(names ?? {})), new Set([live?.generation]))
    const promoted = history.filter(({ kind }) => kind === 'promotion').map(({ to }) => to.generation)
    assert.equal(promoted.length, new Set(promoted).size, 'a generation was promoted twice')
    for (const run of await ledger.runs(10)) await assertTidy(ledger, run)
  })
}

/** The claims of a run that is over are gone. */
async function assertTidy(ledger: RunLedger, run: Run): Promise<void> {
  for (const stage of ['trainees', 'doctors'] as const) {
    const claim = { generation: run.generation ?? '', stage, service: SENDERS[stage].service }
    assert.equal(await ledger.read('claim', claimId(claim)), null, `run ${run.id}: a claim of ${stage} is left`)
  }
  assert.ok(!(STAGES as readonly string[]).includes(run.state), `run ${run.id} is ${run.state}`)
}
