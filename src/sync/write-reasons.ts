import { gmcNumber } from '../domain/gmc-number.ts'
import { textOrNull } from '../domain/text.ts'
import type { FailedRow, Totals } from '../ports/run-ledger.ts'
import type { ExceptionRecord, ExceptionSource } from '../ports/sources.ts'
import { applyReasons } from './apply-snapshot.ts'
import type { HeldClaim } from './claim.ts'
import type { SyncContext } from './context.ts'

/**
 * Writes the reasons of the exception source into the rows of a generation, once its trainees and doctors are there.
 * Ends or fails the claim, and releases it.
 */
export async function writeReasons(
  context: SyncContext,
  claim: HeldClaim,
  source: ExceptionSource,
  stopping: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([claim.signal, stopping])
  try {
    await using snapshot = await source.snapshot()
    await claim.describe({ expected: snapshot.expected, edition: snapshot.edition })
    let totals: Totals = { messages: 0, rows: 0, failedRows: 0 }
    for await (const batch of snapshot.batches(context.settings.rowsPerWrite)) {
      signal.throwIfAborted()
      const failedRows = await writeBatch(context, claim, batch)
      totals = { messages: 0, rows: totals.rows + batch.length, failedRows: totals.failedRows + failedRows }
    }
    await claim.end(totals)
  } catch (error) {
    if (!signal.aborted) await claim.fail(error)
  } finally {
    await claim.release()
  }
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
