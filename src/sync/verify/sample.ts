import { assemble } from '../../domain/assemble.ts'
import { inChunks } from '../../domain/chunks.ts'
import { rowDifference, type RowDifference } from '../../domain/comparison.ts'
import type { Day } from '../../domain/day.ts'
import { doctorRowId, traineeRowId, type RowId } from '../../domain/row.ts'
import { compareByCodePoint } from '../../domain/text.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { CHANGES, CHANNELS, type ChannelStatus } from '../../ports/changes.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { KeptGeneration } from '../../ports/run-ledger.ts'
import type { DoctorSource, Snapshot, TraineeSource } from '../../ports/sources.ts'
import type { Finding } from '../../ports/verification.ts'
import type { SyncContext } from '../context.ts'
import { findGeneration, otherVersion, THIS_VERSION } from '../generations.ts'
import { readInstallation, readRun } from '../records.ts'
import { keysOfRowId } from '../refresh/key-scope.ts'
import { planRefresh, type PlannedWrite, type PlanTarget } from '../refresh/plan.ts'
import type { KeyedSources } from '../refresh/source-reading.ts'
import { Mutex } from '../wait/mutex.ts'
import { together } from '../wait/together.ts'
import { tablesOf } from '../compare/compare-tables.ts'
import { KeySample, type SampleOrder } from './key-sample.ts'
import { TableLook } from './table-look.ts'

/** How many rows of a source are read at a time, and how many keys are checked at a time. */
const BATCH = 500
/** How long the changes in the channels may take to be refreshed. */
const WAITING_MS = 60_000
const POLL_MS = 500

export interface SampleContext extends Pick<SyncContext, 'ledger' | 'store' | 'clock'> {
  readonly settings: Pick<SyncContext['settings'], 'trainees' | 'bodies'>
  /** Whether a writer is active, so that differences may be changes on their way. */
  hasActiveWriter(): Promise<boolean>
}

export interface SampledSources extends KeyedSources {
  readonly trainees: Pick<TraineeSource, 'recordsOf' | 'snapshot'>
  readonly doctors: Pick<DoctorSource, 'recordsOf' | 'snapshot'>
}

export interface SampleOptions {
  /** How many rows of live, persons of TCS and documents of the GMC to check: so many of each, if there are. */
  readonly size: number
  readonly order: SampleOrder
  /** How long a change may take to be seen in its channel, in milliseconds. */
  readonly arrivalMs: number
}

/** How many there are, and how many of these were checked. */
export interface Sampled {
  readonly of: number
  readonly checked: number
}

export interface SampleResult {
  readonly live: KeptGeneration
  /** The day of live. */
  readonly day: Day
  readonly rows: Sampled
  readonly persons: Sampled
  readonly documents: Sampled
  /** The rows of live that are not as the sources require, by id: those of the keys, and of what these led to. */
  readonly differences: readonly RowDifference[]
  /**
   * Rows of tables that are not as the master rows require: those of the keys, and those that the master lacks. Null if the
   * lists of live are views.
   */
  readonly tables: readonly Finding[] | null
  /** Rows of live that differed at first, but not when they were checked again: their changes were on their way. */
  readonly settled: number
}

/**
 * Checks random keys of live and of both sources against the sources, without building a generation and without writing. It
 * reads the ids of all rows of live and all records of both sources once, to draw from, then the records of the keys. Memory
 * stays flat. Where a writer is active, differences are checked again once the changes that were on their way have been
 * refreshed. For any process, beside the writer. Rejects NOTHING_LIVE; GENERATION_VERSION; VERIFY_VOID if another generation went
 * live meanwhile, or changes wait too long; the errors of the backends; the reason of the signal once it is aborted.
 */
export async function verifySample(
  context: SampleContext,
  sources: SampledSources,
  options: SampleOptions,
  signal: AbortSignal,
): Promise<SampleResult> {
  const { live } = await readInstallation(context.ledger)
  if (live === null) throw new RevalError('NOTHING_LIVE', 'there is nothing to verify yet')
  try {
    const result = await sampled(context, sources, live, options, signal)
    await assertLive(context, live)
    return result
  } catch (error) {
    // The generation may have been dropped after another went live.
    await assertLive(context, live)
    throw error
  }
}

async function assertLive({ ledger }: SampleContext, { generation }: KeptGeneration): Promise<void> {
  const { live } = await readInstallation(ledger)
  if (live?.generation === generation) return
  throw new RevalError('VERIFY_VOID', 'another generation went live while this one was being verified')
}

async function sampled(
  context: SampleContext,
  sources: SampledSources,
  live: KeptGeneration,
  options: SampleOptions,
  signal: AbortSignal,
): Promise<SampleResult> {
  await assertVersion(context, live.generation)
  const { day } = await readRun(context.ledger, live.run)
  const target = { generation: live.generation, day }
  const draw = () => new KeySample(options.size, options.order)
  const [rows, persons, documents] = [draw(), draw(), draw()]
  await together(signal, [
    (stopping) => drawRows(context, target.generation, rows, stopping),
    (stopping) => drawRecords(sources.trainees, ({ personId }) => traineeRowId(personId), persons, stopping),
    (stopping) => drawRecords(sources.doctors, ({ doctor }) => doctorRowId(doctor.storedId), documents, stopping),
  ])
  const ids = [...new Set([rows, persons, documents].flatMap((each) => each.ids))]
  const first = await differencesOf(context, sources, target, ids, signal)
  const tables = await lookAtTables(context, target.generation, ids, signal)
  let second = first
  if (first.size > 0 || (tables !== null && tables.found.listed.length > 0)) {
    await changesDone(context, options, signal)
    second = await differencesOf(context, sources, target, [...first.keys()], signal)
    await tables?.again(signal)
  }
  const differences = [...second.values()].filter(({ id }) => first.has(id))
  return {
    live,
    day,
    rows: countOf(rows),
    persons: countOf(persons),
    documents: countOf(documents),
    differences: differences.sort((a, b) => compareByCodePoint(a.id, b.id)),
    tables: tables && tables.found.listed,
    settled: first.size - differences.length,
  }
}

async function assertVersion({ store }: SampleContext, generation: GenerationId): Promise<void> {
  const found = await findGeneration(store, generation)
  if (found === undefined) throw new RevalError('GENERATION_UNKNOWN', `there is no generation ${generation}`)
  const built = otherVersion(found)
  if (built === null) return
  throw new RevalError('GENERATION_VERSION', `generation ${generation} was ${built}; ${THIS_VERSION} cannot verify it`)
}

async function drawRows(
  { store }: SampleContext,
  generation: GenerationId,
  sample: KeySample,
  signal: AbortSignal,
): Promise<void> {
  for await (const batch of store.rows(generation)) {
    signal.throwIfAborted()
    for (const { id } of batch) sample.add(id)
  }
}

async function drawRecords<Row>(
  source: { snapshot(): Promise<Snapshot<Row>> },
  idOf: (row: Row) => RowId,
  sample: KeySample,
  signal: AbortSignal,
): Promise<void> {
  await using snapshot = await source.snapshot()
  for await (const batch of snapshot.batches(BATCH)) {
    signal.throwIfAborted()
    for (const row of batch) sample.add(idOf(row))
  }
}

function countOf({ seen, ids }: KeySample): Sampled {
  return { of: seen, checked: ids.length }
}

/** The rows that a refresh of these ids would write, by id, and those of these ids that it would not find. */
async function differencesOf(
  context: SampleContext,
  sources: SampledSources,
  target: PlanTarget,
  ids: readonly RowId[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RowId, RowDifference>> {
  const found = new Map<RowId, RowDifference>()
  for (const some of inChunks(ids, BATCH)) {
    signal.throwIfAborted()
    const keys = some.flatMap(keysOfRowId)
    const [plan] = await planRefresh(context, sources, [target], keys)
    if (plan?.status !== 'fulfilled') throw plan?.reason
    const { stored, writes } = plan.value
    const known = new Set(stored.map(({ row }) => row.id))
    const strangers = await context.store.get(
      target.generation,
      some.filter((id) => !known.has(id)),
    )
    // No key of a source leads to a row with such an id.
    const surplus = strangers.map((each) => rowDifference(each, null))
    for (const difference of [...writes.map(differenceOf), ...surplus]) {
      if (difference !== null) found.set(difference.id, difference)
    }
  }
  return found
}

function differenceOf({ before, after }: PlannedWrite): RowDifference | null {
  return rowDifference(before, after && { row: after, document: assemble(after.parts), wrongKeys: [] })
}

/** Compares the tables' rows of these ids with the master, and finds rows that the master lacks. Null if the lists are views. */
async function lookAtTables(
  { store }: SampleContext,
  generation: GenerationId,
  ids: readonly RowId[],
  signal: AbortSignal,
): Promise<TableLook | null> {
  const tables = await tablesOf(store, generation)
  if (tables === null) return null
  // Changes of the writer pass meanwhile: only a second look after them counts.
  const look = new TableLook(store, new Mutex(), tables)
  await look.first(ids, signal)
  await look.surplus((await store.count(generation, tables.tableDay)).indexes, signal)
  return look
}

/** Where a writer is active, waits until changes that were on their way have been refreshed. */
async function changesDone(context: SampleContext, { arrivalMs }: SampleOptions, signal: AbortSignal): Promise<void> {
  if (!(await context.hasActiveWriter())) return
  await context.clock.wait(arrivalMs, signal)
  await waitForChanges(context, signal)
  signal.throwIfAborted()
}

/** Waits until the changes now in the channels have been refreshed, according to the writer's reports. */
async function waitForChanges({ ledger, clock }: SampleContext, signal: AbortSignal): Promise<void> {
  const since = clock.now()
  const deadline = clock.monotonic() + WAITING_MS
  while (!signal.aborted) {
    const channels = (await ledger.read('changes', CHANGES))?.value.channels
    // A channel need not become empty: under a steady flow it never is.
    const isOpen = ({ waiting, oldestAt }: ChannelStatus) => waiting > 0 && (oldestAt === null || oldestAt <= since)
    if (channels === undefined || !CHANNELS.some((channel) => isOpen(channels[channel]))) return
    if (clock.monotonic() >= deadline) {
      const what = `rows differ, and changes have waited for more than ${WAITING_MS / 1000} s`
      throw new RevalError('VERIFY_VOID', `${what}: the differences may be theirs`)
    }
    await clock.wait(POLL_MS, signal)
  }
}
