import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../src/ports/run-ledger.ts'
import { createRunEvents } from '../../src/sync/events.ts'
import { readInbox, readInstallation } from '../../src/sync/records.ts'
import { backendsOf } from '../../src/app/backends.ts'
import { runToEnd, type Workplace } from '../app/job/workplace.ts'

const CHILD = join(import.meta.dirname, 'child.ts')

export interface Ended {
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** Runs the child program on a workplace until it ends or kills itself; see child.ts for the words. */
export function child(place: Workplace, ...words: readonly string[]): Promise<Ended> {
  const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, ...words], {
    env: { ...process.env, REVAL_DATA_DIR: place.directory, REVAL_POLL_MS: '20', REVAL_MESSAGE_ROWS: '100' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  started.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    started.on('error', reject)
    started.on('close', (_code, signal) => resolve({ signal, output }))
  })
}

async function whatWasLeft(place: Workplace): Promise<{ id: string | null; unanswered: number }> {
  const backends = await (await backendsOf()).openReader(place.config)
  try {
    const { currentRun } = await readInstallation(backends.ledger)
    const { requests } = await readInbox(backends.ledger)
    return { id: currentRun?.id ?? null, unanswered: requests.filter(({ answer }) => answer === null).length }
  } finally {
    await backends.close()
  }
}

/** Starts again after a crash: what was asked is answered, the run that was left is carried on; `null` where none was. */
export async function carryOn(place: Workplace): Promise<Run | null> {
  const { id, unanswered } = await whatWasLeft(place)
  const events = createRunEvents()
  const ended = new Promise<Run>((resolve) => {
    events.on('run.ended', ({ run }) => {
      if (run.id === id) resolve(run)
    })
  })
  let answers = 0
  const answered = new Promise<void>((resolve) => {
    events.on('request.answered', () => {
      answers += 1
      if (answers === unanswered) resolve()
    })
  })
  const worker = await place.start(undefined, events)
  if (unanswered > 0) await answered
  const run = id === null ? null : await ended
  await worker.stop()
  return run
}

/** As `carryOn`; a new run where none was left. */
export async function carryOnOrRun(place: Workplace): Promise<Run> {
  const carried = await carryOn(place)
  if (carried !== null) return carried
  const worker = await place.start()
  const run = await runToEnd(worker)
  await worker.stop()
  return run
}

/** Nothing is left over: the directory has the files of these generations and no others. */
export async function assertNothingLeft(place: Workplace): Promise<void> {
  const backends = await (await backendsOf()).openReader(place.config)
  try {
    const { live, previous, changing, currentRun } = await readInstallation(backends.ledger)
    const kept = [live, previous].flatMap((each) => each?.generation ?? [])
    assert.equal(changing, null)
    assert.equal(currentRun, null)
    assert.deepEqual((await backends.store.generations()).map(({ id }) => id).sort(), kept.toSorted())
    const files = await readdir(join(place.directory, 'generations'))
    assert.deepEqual(files.filter((name) => name.endsWith('.sqlite')).sort(), kept.map((id) => `${id}.sqlite`).sort())
    const names = await backends.store.liveNames()
    assert.deepEqual(new Set(Object.values(names ?? {})), new Set([live?.generation]))
  } finally {
    await backends.close()
  }
}
