import { gmcNumber } from '../../domain/gmc-number.ts'
import { textOrNull } from '../../domain/text.ts'
import type { FailedRow, Totals } from '../../ports/run-ledger.ts'
import type { ExceptionRecord, ExceptionSource } from '../../ports/sources.ts'
import { applyReasons } from '../receive/apply-snapshot.ts'
import type { HeldClaim } from '../lease/claim.ts'
import type { SyncContext } from '../context.ts'
import { persist } from '../wait/persist.ts'

/**
 * Writes the reasons of the exception source into the rows of a generation, once its trainees and doctors are there.
 * Whatever is away is waited for while the claim is wanted, for as long as a stage may stand still; the reading then
 * starts over, for reasons that are written twice are the same. Ends or fails the claim, and releases it.
 */
export async function writeReasons(
  context: SyncContext,
  claim: HeldClaim,
  source: ExceptionSource,
  stopping: AbortSignal,
): Promise<void> {
  const { clock, settings } = context
  const signal = AbortSignal.any([claim.signal, stopping])
  let movedAt = clock.now()
  const moved = (): void => {
    signal.throwIfAborted()
    movedAt = clock.now()
  }
  const goesOn = () => clock.now() - movedAt <= settings.stallMs
  try {
    const reading = { doing: 'writing reasons', signal, goesOn }
    const totals = await persist(context, reading, () => writeAll(context, claim, source, moved))
    await persist(context, { doing: 'telling the totals of lists', signal }, () => claim.end(totals))
  } catch (error) {
    if (!signal.aborted) await persist(context, { doing: 'giving up lists', signal }, () => claim.fail(error))
  } finally {
    await claim.release()
  }
}

async function writeAll(
  context: SyncContext,
  claim: HeldClaim,
  source: ExceptionSource,
  moved: () => void,
): Promise<Totals> {
  await using snapshot = await source.snapshot()
  await claim.describe({ expected: snapshot.expected, edition: snapshot.edition })
  let totals: Totals = { messages: 0, rows: 0, failedRows: 0 }
  for await (const batch of snapshot.batches(context.settings.rowsPerWrite)) {
    moved()
    const failedRows = await writeBatch(context, claim, batch)
    totals = { messages: 0, rows: totals.rows + batch.length, failedRows: totals.failedRows + failedRows }
  }
  return totals
}

async function writeBatch(
  { store, ledger, events }: SyncContext,
  { claim }: HeldClaim,
  batch: readonly ExceptionRecord[],
): Promise<number> {
  const reasons = batch.flatMap(({ storedId, reason }) => {
    const number = gmcNumber(storedId)
    const text = textOrNull(reason)
    return number === null || text === null ? [] : [{ number, reason: text }]
  })
  const results = await applyReasons(store, claim.generation, reasons)
  const failed = results.flatMap((result, index): FailedRow[] => {
    if (result.ok) return []
    const key = `reason of ${reasons[index]?.number ?? ''}`
    return [{ run: claim.run, stage: claim.stage, key, code: 'ROW_WRITE_FAILED', reason: result.reason }]
  })
  if (failed.length > 0) await ledger.addFailures(failed)
  for (const row of failed) events.emit('row.failed', { row })
  return failed.length
}
