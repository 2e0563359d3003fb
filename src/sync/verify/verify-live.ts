import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { KeptGeneration, Run } from '../../ports/run-ledger.ts'
import { LATEST, type Finding, type Verification } from '../../ports/verification.ts'
import { compareGenerations, type Sides } from '../compare/compare.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeRecord, readInstallation, readRun } from '../records.ts'
import type { ChangeApplier } from '../refresh/apply-changes.ts'
import type { Mutex } from '../wait/mutex.ts'
import { allDiffering, differing, MOST_FINDINGS, saveFindings } from './findings.ts'
import { mendTables, refreshRows } from './repair-rows.ts'
import { SecondLook } from './second-look.ts'
import { settle } from './settling.ts'
import { tablesOf } from '../compare/compare-tables.ts'
import { TableLook } from './table-look.ts'

/** What verifying needs besides the context. */
export interface VerifyTools {
  /** Keeps batches of changes apart from the readings of rows: `Conductor.changes`. */
  readonly changes: Mutex
  /** Refreshes keys in live and in the generation that was built, for a repair by rows. */
  readonly applier: ChangeApplier
  /** Called with the number of rows of what was built that were compared so far. */
  readonly onRows?: (rows: number) => void
}

/**
 * Compares live with the generation that a verification built, and its tables with its master index, and repairs rows if the run says so; a repair by promotion is
 * left to the caller. Saves the findings and the latest result; the caller saves the result in the run. Call it in stage
 * `comparing`, when the generation is one that changes are written to, and not from within `changes`. It may take a minute or
 * more; it may be called again after it rejected. Rejects VERIFY_VOID if live moved since the run was requested, an error of
 * the backends, or with the signal's reason soon after that is aborted.
 */
export async function verifyLive(
  context: WriterContext,
  run: Run,
  tools: VerifyTools,
  signal: AbortSignal,
): Promise<Verification> {
  const { ledger, store, settings } = context
  if (run.repair === 'rows' && !settings.liveChanges) {
    throw new RevalError('LIVE_CHANGES_OFF', 'the writer does not read the sources by key, so it cannot repair rows')
  }
  const live = await liveOf(context, run)
  const sides = { before: live.generation, after: builtBy(run) }
  const look = new SecondLook(store, tools.changes, sides)
  const tables = await tablesOf(store, live.generation)
  const tableLook = tables && new TableLook(store, tools.changes, tables)
  const result = await verified(context, { run, live, sides, look, tableLook, ...tools }, signal).catch(
    async (error: unknown) => {
      // A generation that was live may be dropped meanwhile.
      if (!signal.aborted) await refuseMoved(context, run, live)
      throw error
    },
  )
  await refuseMoved(context, run, live)
  await saveFindings(ledger, run.id, listedOf({ look, tableLook }))
  await saveLatest(context, result)
  return result
}

interface Verifying extends VerifyTools {
  readonly run: Run
  readonly live: KeptGeneration
  readonly sides: Sides
  readonly look: SecondLook
  /** Null if the lists of live are views. */
  readonly tableLook: TableLook | null
}

function listedOf({ look, tableLook }: Pick<Verifying, 'look' | 'tableLook'>): readonly Finding[] {
  return [...look.found.listed, ...(tableLook?.found.listed ?? [])].slice(0, MOST_FINDINGS)
}

/** Compares, waits for changes on their way, and repairs. */
async function verified(context: WriterContext, verifying: Verifying, signal: AbortSignal): Promise<Verification> {
  const { run, live, look, tableLook } = verifying
  const { rows, first } = await compare(context, verifying, signal)
  await tableLook?.all(signal)
  await settle(context, run, tableLook === null ? [look] : [look, tableLook], signal)
  const { counts } = look.found
  const tables = tableLook?.found.counts ?? null
  const isToBeRepaired = run.repair === 'rows' && allDiffering({ ...counts, tables }) > 0
  const repaired = isToBeRepaired ? await repairRows(context, verifying, signal) : null
  return {
    ...{ run: run.id, by: run.requestedBy, live, day: run.day, finishedAt: context.clock.now() },
    ...{ rows, ...counts, tables, listed: listedOf(verifying).length, settled: first - differing(counts), repaired },
  }
}

/** Looks once more at each row that differs in the streams. Resolves with the rows of each, and how many differed at first. */
async function compare(
  { store }: WriterContext,
  { live, sides, look, onRows = () => undefined }: Verifying,
  signal: AbortSignal,
): Promise<{ readonly rows: Verification['rows']; readonly first: number }> {
  const rows = { live: 0, built: 0 }
  let first = 0
  // Another program may have written to it.
  await store.makeVisible(live.generation)
  for await (const part of compareGenerations(store, sides, signal)) {
    const ids = part.differences.map(({ id }) => id)
    rows.live += part.rows.before
    rows.built += part.rows.after
    first += ids.length
    onRows(rows.built)
    await look.first(ids, signal)
  }
  return { rows, first }
}

/** Refreshes the rows that were found, then makes tables like the master, and looks at both again. */
async function repairRows(
  context: WriterContext,
  { live, applier, changes, look, tableLook }: Verifying,
  signal: AbortSignal,
): Promise<Verification['repaired']> {
  const { ids } = look.found
  await refreshRows(context, applier, { live: live.generation, ids }, signal)
  let remaining = look.found.markRepaired((await look.at(ids, signal)).map(({ difference }) => difference))
  if (tableLook !== null) {
    const ofTables = tableLook.found.ids
    await mendTables(context, changes, { live: live.generation, ids: ofTables }, signal)
    const looked = await tableLook.at(ofTables, signal)
    remaining += tableLook.found.markRepaired(looked.map(({ difference }) => difference))
  }
  return { how: 'rows', at: context.clock.now(), remaining }
}

function builtBy({ id, generation }: Run): GenerationId {
  if (generation === null) throw new RevalError('INTERNAL', `run ${id} has built nothing to compare live with`)
  return generation
}

/** What is live. Rejects VERIFY_VOID if it is not what the run was requested for. */
async function liveOf({ ledger }: WriterContext, run: Run): Promise<KeptGeneration> {
  const { live, history } = await readInstallation(ledger)
  const moved = history.find(({ at }) => at > run.requestedAt)
  if (moved !== undefined) {
    throw new RevalError('VERIFY_VOID', `live moved meanwhile: ${moved.kind} by ${moved.by} to run ${moved.to.run}`)
  }
  if (live === null) throw new RevalError('VERIFY_VOID', 'nothing is live any more')
  const { day } = await readRun(ledger, live.run)
  if (day === run.day) return live
  throw new RevalError('VERIFY_VOID', `the day of live is ${day}, and run ${run.id} was built for ${run.day}`)
}

/** Rejects VERIFY_VOID if something else is live: also by the clocks of two machines that differ. */
async function refuseMoved(context: WriterContext, run: Run, { generation }: KeptGeneration): Promise<void> {
  const now = await liveOf(context, run)
  if (now.generation === generation) return
  throw new RevalError('VERIFY_VOID', `live moved meanwhile, to run ${now.run}`)
}

/** Whether a verification is to be repaired by promoting what it built. */
export function isToBePromoted(run: Pick<Run, 'repair'>, verification: Verification): boolean {
  return run.repair === 'promote' && allDiffering(verification) > 0
}

/** Records that the generation of a verification went live. Resolves with the result, for the caller to save in the run. */
export async function recordPromotion(context: WriterContext, verification: Verification): Promise<Verification> {
  const promoted: Verification = {
    ...verification,
    repaired: { how: 'promote', at: context.clock.now(), remaining: 0 },
  }
  await saveLatest(context, promoted)
  return promoted
}

async function saveLatest({ ledger }: WriterContext, verification: Verification): Promise<void> {
  await changeRecord(ledger, 'verification', LATEST, () => verification)
}
