import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { RunView } from '../../../src/app/run-view.ts'
import type { Run } from '../../../src/ports/run-ledger.ts'
import { readInstallation, readRun } from '../../../src/sync/records.ts'
import { expectedDocuments, readDocuments } from '../../app/job/workplace.ts'
import type { Installation } from '../job/installation.ts'
import type { LogLine, RevalProcess } from '../job/process.ts'
import type { Found, Moment } from './moments.ts'

const CHILD = join(import.meta.dirname, 'child.ts')

export const IS_WRITER = ({ msg }: LogLine): boolean => msg === 'this process is now the writer'
export const IS_OVERTAKEN = ({ msg }: LogLine): boolean => msg === 'another process is now the writer'

/** What a run that was found says of how it came to its end. */
export const BEGAN: Readonly<Record<Found, readonly string[]>> = {
  begins: [],
  'begins again': ['takeover'],
  finishes: [],
}

/** What happens to a child and when; see child.ts. */
export type Happening = Pick<Moment, 'moment'> & Partial<Pick<Moment, 'nth' | 'runs'>> & { readonly what: string }

/** A process of integration to which something happens by itself; started, and not yet the writer. */
export function startChild(
  place: Installation,
  { what, moment, nth = 1, runs = 0 }: Happening,
  settings: Readonly<Record<string, string>> = {},
): RevalProcess {
  const words = [what, moment, String(nth), String(runs)]
  return place.run(['--disable-warning=ExperimentalWarning', CHILD, ...words], settings, process.execPath)
}

/** Resolves once it has happened. */
export async function happened(child: RevalProcess, { what, moment }: Happening): Promise<void> {
  await child.until(`${what} at ${moment}`, () => (child.output.includes(`${what} at ${moment}`) ? true : null), true)
}

/** The five indexes show what they must, and every generation that is on record is there. */
export async function assertWhole(place: Installation): Promise<void> {
  await place.reading(async ({ store, ledger }) => {
    assert.deepEqual(await readDocuments({ store }, 'live'), expectedDocuments())
    const { live, previous, heldBack, changing } = await readInstallation(ledger)
    assert.equal(changing, null)
    const names = await store.liveAliases()
    assert.deepEqual(new Set(Object.values(names ?? {})), new Set([live?.generation]))
    const there = (await store.generations()).map(({ id }) => id)
    for (const kept of [live, previous, heldBack]) {
      if (kept !== null) assert.ok(there.includes(kept.generation), `${kept.generation} is on record and gone`)
    }
  })
}

/** Runs the job once more; when its writer has cleared up, no generation is left that is on no record. */
export async function assertNextLeavesNothing(place: Installation, writer: RevalProcess): Promise<RunView> {
  const next = await place.sync()
  // The run is live before its writer clears up.
  await writer.log('the end of clearing up', ({ msg, run }) => msg === 'run is live' && run === next.id)
  await assertWhole(place)
  await place.reading(async ({ store, ledger }) => {
    const { live, previous, heldBack } = await readInstallation(ledger)
    const kept = [live, previous, heldBack].flatMap((each) => each?.generation ?? [])
    assert.deepEqual((await store.generations()).map(({ id }) => id).sort(), kept.sort())
  })
  return next
}

/** A run of the ledger. */
export function runOf(place: Installation, id: string): Promise<Run> {
  return place.reading(({ ledger }) => readRun(ledger, id))
}

/**
 * A run whose writer is killed at a moment, in place of the one that wrote before. Resolves with the run as it ended,
 * with the process that took over, and with the seconds from the kill until the run was live.
 */
export async function runThroughKill(
  place: Installation,
  each: Moment,
  before: RevalProcess,
): Promise<{ readonly run: RunView; readonly writer: RevalProcess; readonly seconds: number }> {
  const happening = { ...each, what: 'SIGKILL', runs: 0 }
  const doomed = startChild(place, happening)
  await before.stop()
  await doomed.log('the lease', IS_WRITER)
  const writer = await place.start('integration')
  const kill = async () => {
    await happened(doomed, happening)
    assert.equal((await doomed.end()).signal, 'SIGKILL')
    return performance.now()
  }
  const sync = async () => ({ run: await place.sync(), liveAt: performance.now() })
  const [{ run, liveAt }, killedAt] = await Promise.all([sync(), kill()])
  const seconds = Math.max(0, liveAt - killedAt) / 1_000
  await writer.log('the lease', IS_WRITER)
  assert.deepEqual(
    run.restarts.map(({ cause }) => cause),
    BEGAN[each.found],
  )
  return { run, writer, seconds }
}
