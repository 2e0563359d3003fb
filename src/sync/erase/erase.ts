import { RevalError } from '../../errors/reval-error.ts'
import type { Queue } from '../../ports/broker.ts'
import type { Erased, ErasureResult } from '../../ports/erasure.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import type { FailedRow, Installation, KeptGeneration, WriterRequest } from '../../ports/run-ledger.ts'
import { foundLetter } from '../failures/failure.ts'
import { lettersOf, storesOf } from '../failures/find-failures.ts'
import { otherVersion, THIS_VERSION } from '../generations.ts'
import { dropUnneeded } from '../lead/housekeeping.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'
import type { KeyedSources } from '../refresh/source-reading.ts'
import { eraseInTables } from './erase-in-tables.ts'
import type { ErasedKeys } from './erased-keys.ts'
import { recordErasure } from './erasures.ts'
import { findPerson, type FoundRows } from './find-person.ts'
import { auditNaming, maskAudit } from './mask-audit.ts'
import { maskRecords, recordsQuoting } from './mask-records.ts'
import { remainingIn } from './remaining.ts'

/** The maximum of consecutive conflicts. More are a fault, because no other process writes. */
const TRIES = 5

type Request = Pick<WriterRequest, 'id' | 'by' | 'why' | 'at'>

/**
 * Removes one person from all that this system keeps: rows, failed rows, dead letters; and masks its keys in records. Live
 * changes and the move of aliases must wait meanwhile. What is removed is recorded first, and the live row goes last, so after
 * a crash or an error, repeating the request finishes the rest. Rejects RUN_IN_PROGRESS: what a run builds could not be searched.
 * Rejects as `findPerson` does, GENERATION_VERSION if a kept generation cannot be written, and as the backends do.
 */
export async function erase(
  context: WriterContext,
  sources: KeyedSources | null,
  request: Request,
  text: string,
): Promise<ErasureResult> {
  const { ledger, store } = context
  const installation = await readInstallation(ledger)
  const { currentRun, live } = installation
  if (currentRun !== null) throw new RevalError('RUN_IN_PROGRESS', `run ${currentRun.id} is in progress`)
  // Before anything is done.
  await refuseOtherVersions(store, installation)
  // What a failed run, or a failed attempt to take the Java services' indexes, left has the person too. A ledger that knows nothing
  // live may be a new one, and what it does not know may be needed.
  if (live !== null) await dropUnneeded(context)
  // Rows are found by number as of now.
  for (const generation of generationsIn(installation)) await store.makeVisible(generation)
  const { keys, rows, sharing } = await findPerson(store, installation, text)
  const failures = await ledger.failuresOfKeys(keys.names)
  const letters = await lettersNaming(context, keys)
  const records = await recordsQuoting(context, keys)
  const entries = await auditNaming(context, keys)

  const erased = await recordErasure(context, request, {
    rows: countsOf(rows),
    failedRows: failures.length,
    deadLetters: letters.length,
    records: records.length + entries.length,
  })
  await removeFailures(context, failures)
  for (const [queue, some] of Map.groupBy(letters, (letter) => letter.queue)) {
    await context.broker.removeDeadLetters(
      queue,
      some.map(({ id }) => id),
    )
  }
  await maskRecords(context, records, keys)
  await maskAudit(context, entries, keys)
  for (const { generation } of rows) await eraseInTables(context, generation, keys)
  for (const found of rows) await removeRows(context, found)
  const otherKeys = new Set(letters.flatMap((letter) => letter.otherKeys)).size
  return { erased, sharing, otherKeys, ...(await remainingIn(sources, keys)) }
}

function generationsIn({ live, previous, heldBack }: Installation): readonly GenerationId[] {
  return [live, previous, heldBack].flatMap((each) => each?.generation ?? [])
}

/** Rejects GENERATION_VERSION for a generation that this version does not write to, and says how it goes. */
async function refuseOtherVersions(store: IndexStore, { live, previous, heldBack, java }: Installation): Promise<void> {
  const generations = await store.generations()
  const builtBy = (kept: KeptGeneration | null) => {
    const found = generations.find(({ id }) => id === kept?.generation)
    return found === undefined ? null : otherVersion(found)
  }
  const refuse = (what: string, built: string | null) => {
    if (built !== null) throw new RevalError('GENERATION_VERSION', `${what}, ${built}; this is ${THIS_VERSION}`)
  }
  const roomAfter =
    live?.generation === java?.generation
      ? `a run has to go live, and run ${java?.run ?? ''} be discarded, first`
      : 'two runs have to go live first'
  refuse(`${roomAfter}: a row cannot be erased from the live generation`, builtBy(live))
  refuse(`discard run ${java?.run ?? ''} first: a row cannot be erased from its generation`, builtBy(java))
  refuse('a run has to go live first: a row cannot be erased from the previous generation', builtBy(previous))
  refuse(`discard run ${heldBack?.run ?? ''} first: a row cannot be erased from its generation`, builtBy(heldBack))
}

function countsOf(rows: readonly FoundRows[]): Erased['rows'] {
  const count = (kept: FoundRows['kept']) => rows.find((each) => each.kept === kept)?.ids.length ?? 0
  return { live: count('live'), previous: count('previous'), heldBack: count('heldBack') }
}

interface Letter {
  readonly queue: Queue
  readonly id: string
  readonly otherKeys: readonly string[]
}

/** The dead letters that name the person; of those that name no person or doctor, the ones that quote a key. */
async function lettersNaming(context: WriterContext, keys: ErasedKeys): Promise<readonly Letter[]> {
  const found = storesOf(context).queues.map((queue) =>
    lettersOf(context.broker, queue, (letter): Letter | null => {
      const { listed, subjects } = foundLetter(queue, letter)
      const isMeant =
        subjects.keys.length > 0
          ? subjects.keys.some((key) => keys.covers(key))
          : keys.areQuotedIn(Buffer.from(letter.body).toString())
      const otherKeys = listed.keys.filter((key) => !keys.covers(key))
      return isMeant ? { queue, id: letter.id, otherKeys } : null
    }),
  )
  return (await Promise.all(found)).flat()
}

async function removeFailures({ ledger }: WriterContext, failures: readonly FailedRow[]): Promise<void> {
  for (const [generation, some] of Map.groupBy(failures, (failure) => failure.generation)) {
    await ledger.removeFailures(
      generation,
      some.map(({ key }) => key),
    )
  }
}

/** Deletes rows of a generation and makes that durable. */
async function removeRows({ store }: WriterContext, { generation, ids }: FoundRows): Promise<void> {
  for (let tries = 1; ids.length > 0; tries += 1) {
    const rows = await store.get(generation, ids)
    const outcomes = await store.write(
      generation,
      rows.map(({ row, token }) => ({ op: 'delete', id: row.id, token })),
    )
    const failed = outcomes.find(({ status }) => status !== 'written')
    if (failed === undefined) break
    const reason = failed.status === 'failed' ? failed.reason : 'it changed again and again'
    if (failed.status === 'failed' || tries === TRIES)
      throw new RevalError('STORE_FAILED', `a row was not deleted: ${reason}`)
  }
  await store.makeVisible(generation)
}
