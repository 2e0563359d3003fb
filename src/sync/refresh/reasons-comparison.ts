import { londonDay } from '../../domain/day.ts'
import { exceptionReason } from '../../domain/exception-reason.ts'
import { gmcNumber, type GmcNumber } from '../../domain/gmc-number.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { ExceptionSource } from '../../ports/sources.ts'
import type { WriterContext } from '../lease/writer.ts'
import { readInstallation } from '../records.ts'
import type { ChangeApplier } from './apply-changes.ts'
import type { ChangesReport } from './changes-report.ts'

export interface ReasonTools {
  readonly exceptions: ExceptionSource
  readonly applier: ChangeApplier
  readonly report: ChangesReport
}

type Reasons = ReadonlyMap<GmcNumber, string>

/**
 * Compares the exception reasons of the source with those in live, and refreshes the numbers that differ: no channel announces
 * them.
 */
export class ReasonsComparison {
  readonly #context: WriterContext
  readonly #tools: ReasonTools
  /**
   * Numbers that still differed after they were refreshed, such as those without a row, with the reason that the source had.
   * They are refreshed again when that changes, or another generation is live.
   */
  #tried: { readonly generation: GenerationId | null; readonly reasons: ReadonlyMap<GmcNumber, string | null> } = {
    generation: null,
    reasons: new Map(),
  }

  constructor(context: WriterContext, tools: ReasonTools) {
    this.#context = context
    this.#tools = tools
  }

  /** Compares once. False if nothing is live: there is nothing to compare. */
  async compare(): Promise<boolean> {
    const { ledger } = this.#context
    const { live } = await readInstallation(ledger)
    if (live === null) return false
    const [source, shown] = [await this.#inSource(), await this.#inMaster(live.generation)]
    const tried = this.#tried.generation === live.generation ? this.#tried.reasons : new Map<GmcNumber, string | null>()
    const differing = differences(source, shown)
    const untried = [...differing].filter(([number, reason]) => tried.get(number) !== reason)
    await this.#tools.applier.apply(
      untried.map(([number]) => ({ kind: 'number', number })),
      'reasons',
    )
    this.#tried = { generation: live.generation, reasons: differing }
    this.#tools.report.reasonsCompared()
    return true
  }

  async #inSource(): Promise<Reasons> {
    await using snapshot = await this.#tools.exceptions.snapshot()
    const reasons = new Map<GmcNumber, string>()
    for await (const batch of snapshot.batches(this.#context.settings.rowsPerWrite)) {
      for (const { storedId, reason } of batch) {
        const found = exceptionReason(storedId, reason)
        if (found !== null) reasons.set(found.number, found.reason)
      }
    }
    return reasons
  }

  async #inMaster(live: GenerationId): Promise<Reasons> {
    const { store, clock } = this.#context
    const reasons = new Map<GmcNumber, string>()
    // Every row with a reason is in this index, whatever the day. Not as readers see it: another program may have changed a table.
    for await (const document of store.documents(live, 'exceptionindex', londonDay(clock.now()))) {
      const { gmcReferenceNumber, exceptionReason } = document
      const number = gmcNumber(typeof gmcReferenceNumber === 'string' ? gmcReferenceNumber : null)
      if (number !== null && typeof exceptionReason === 'string') reasons.set(number, exceptionReason)
    }
    return reasons
  }
}

/** The numbers whose reason differs, with the reason in the source; null if it has none. */
function differences(source: Reasons, shown: Reasons): ReadonlyMap<GmcNumber, string | null> {
  const differing = new Map<GmcNumber, string | null>()
  for (const [number, reason] of source) if (shown.get(number) !== reason) differing.set(number, reason)
  for (const number of shown.keys()) if (!source.has(number)) differing.set(number, null)
  return differing
}
