import { RevalError } from '../../errors/reval-error.ts'
import type { Revision, Run, RunRequest, SendStage, Stage } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { withProgress, withUnproved } from '../run-state.ts'
import { Turns } from '../wait/turns.ts'
import type { Filling } from './filling.ts'
import { recordRun } from './run-request.ts'

/** The run that this writer is at work on, and the revision it last stored. Only the writer stores runs. */
export class ActiveRun {
  /** What is collected of the run; null before it begins, and once nothing more is to be collected. */
  filling: Filling | null = null
  readonly #context: WriterContext
  readonly #saving = new Turns()
  #known: Run
  #revision: Revision
  #savedAt: number
  /** Kept apart from the run: they come while a step works on a copy of it, which would take them back. */
  readonly #lateMessages = new Map<Stage, number>()
  readonly #unproved = new Set<SendStage>()

  private constructor(context: WriterContext, run: Run, revision: Revision) {
    this.#context = context
    this.#known = run
    this.#revision = revision
    this.#savedAt = context.clock.monotonic()
  }

  /** Takes up a run that was requested, or left by a former writer. */
  static async takeUp(context: WriterContext, request: RunRequest): Promise<ActiveRun> {
    await recordRun(context, request)
    const found = await context.ledger.read('run', request.id)
    if (found === null) throw new RevalError('LEDGER_FAILED', `run ${request.id} was stored but cannot be found`)
    context.events.emit('run.taken', { run: found.value })
    return new ActiveRun(context, found.value, found.revision)
  }

  get run(): Run {
    return this.#merged(this.#known)
  }

  /** A message came of which a stage has no more use. Stored with whatever is stored next. */
  countLate(stage: Stage): void {
    const before = this.#lateMessages.get(stage) ?? this.#known.stages[stage]?.lateMessages ?? 0
    this.#lateMessages.set(stage, before + 1)
  }

  /** The sender of a stage sends no run headers. Resolves once that is stored: another writer has to know. */
  async markUnproved(stage: SendStage): Promise<void> {
    if (this.run.unproved.includes(stage)) return
    this.#unproved.add(stage)
    await this.save(this.run)
  }

  /** What was noted beside the run belongs to its present beginning. */
  forgetNotes(): void {
    this.#lateMessages.clear()
    this.#unproved.clear()
  }

  #merged(run: Run): Run {
    let merged = run
    for (const [stage, lateMessages] of this.#lateMessages) merged = withProgress(merged, stage, { lateMessages })
    for (const stage of this.#unproved) merged = withUnproved(merged, stage)
    return merged
  }

  /** Stores the run. Rejects LEDGER_CONFLICT when another writer has stored it: this one has been overtaken. */
  save(run: Run): Promise<void> {
    return this.#saving.take(async () => {
      const merged = this.#merged(run)
      this.#revision = await this.#context.ledger.save('run', run.id, merged, this.#revision)
      this.#known = merged
      this.#savedAt = this.#context.clock.monotonic()
    })
  }

  /** Notes progress; stored when the last storing is `everyMs` ago, since readers want it and the disk does not. */
  async note(run: Run, everyMs: number): Promise<void> {
    this.#known = run
    if (this.#context.clock.monotonic() - this.#savedAt >= everyMs) await this.save(run)
  }
}
