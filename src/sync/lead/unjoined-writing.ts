import type { Run } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { writeUnjoined, type JoinTarget } from '../receive/receive-rows.ts'

/** How many pages are written at a time. */
const LANES = 2

/**
 * Writes the trainees without a doctor, once all doctors are written. Each step writes a few pages, so that the conductor
 * can report progress and cancel in between.
 */
export class UnjoinedWriting {
  #total: number | null = null
  #written = 0
  #after: number | null = null
  #lost = 0

  /** Trainees whose rows were refused. */
  get lostTrainees(): number {
    return this.#lost
  }

  /** Progress; null before the first step. */
  get progress(): { readonly written: number; readonly of: number } | null {
    return this.#total === null ? null : { written: this.#written, of: this.#total }
  }

  /** Writes the next pages. True once there are no more. A step that rejects is repeated and writes the same pages. */
  async step({ settings, ledger, events, clock }: WriterContext, run: Run, target: JoinTarget): Promise<boolean> {
    const { workspace, generation } = target
    this.#total ??= await workspace.countUnjoined()
    const page = await workspace.unjoined(this.#after, settings.rowsPerWrite * LANES)
    const lanes = Array.from({ length: LANES }, (_, at) =>
      page.slice(at * settings.rowsPerWrite, (at + 1) * settings.rowsPerWrite),
    )
    const refused = (await Promise.all(lanes.map((lane) => writeUnjoined(target, lane)))).flat()
    if (refused.length > 0) {
      const place = { run: run.id, generation, stage: 'doctors', at: clock.now() } as const
      const failures = refused.map((failure) => ({ ...place, ...failure }))
      await ledger.addFailures(failures)
      for (const row of failures) events.emit('row.failed', { row })
    }
    this.#lost += refused.length
    this.#written += page.length
    this.#after = page.at(-1)?.trainee.tcsPersonId ?? this.#after
    return page.length < settings.rowsPerWrite * LANES
  }
}
