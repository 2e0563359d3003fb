import { RevalError } from '../../errors/reval-error.ts'
import type { Revision, Run, RunRequest, SendStage, Stage } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { withProgress, withUnproved } from '../run-state.ts'
import { Mutex } from '../wait/mutex.ts'
import type { Build } from './build.ts'
import { recordRun } from './run-request.ts'

/** The run that this writer leads, and the revision it last saved. Only the writer saves runs. */
export class ActiveRun {
  /** The generation being built; null before the run starts, and once it is promoting or over. */
  build: Build | null = null
  readonly #context: WriterContext
  readonly #saving = new Mutex()
  #known: Run
  #revision: Revision
  #savedAt: number
  /** Kept apart from the run: a step saves its own copy of the run, which would undo what arrives meanwhile. */
  readonly #lateMessages = new Map<Stage, number>()
  readonly #unproved = new Set<SendStage>()

  private constructor(context: WriterContext, run: Run, revision: Revision) {
    this.#context = context
    this.#known = run
    this.#revision = revision
    this.#savedAt = context.clock.monotonic()
  }

  /** Picks up a run that was requested, or left by an earlier writer. */
  static async pickUp(context: WriterContext, request: RunRequest): Promise<ActiveRun> {
    await recordRun(context, request)
    const found = await context.ledger.read('run', request.id)
    if (found === null) throw new RevalError('LEDGER_FAILED', `run ${request.id} was stored but cannot be found`)
    context.events.emit('run.pickedUp', { run: found.value })
    return new ActiveRun(context, found.value, found.revision)
  }

  get run(): Run {
    return this.#merged(this.#known)
  }

  /** Counts a late message of a stage. Saved with the next save. */
  countLate(stage: Stage): void {
    const before = this.#lateMessages.get(stage) ?? this.#known.stages[stage]?.lateMessages ?? 0
    this.#lateMessages.set(stage, before + 1)
  }

  /** Records that the sender of a stage sends no run headers. Resolves once saved: a new writer has to know. */
  async markUnproved(stage: SendStage): Promise<void> {
    if (this.run.unproved.includes(stage)) return
    this.#unproved.add(stage)
    await this.save(this.run)
  }

  /** Discards what was counted since the last restart. */
  resetCounts(): void {
    this.#lateMessages.clear()
    this.#unproved.clear()
  }

  #merged(run: Run): Run {
    let merged = run
    for (const [stage, lateMessages] of this.#lateMessages) merged = withProgress(merged, stage, { lateMessages })
    for (const stage of this.#unproved) merged = withUnproved(merged, stage)
    return merged
  }

  /** Saves the run. Rejects LEDGER_CONFLICT if another writer has saved it meanwhile. */
  save(run: Run): Promise<void> {
    return this.#saving.run(async () => {
      const merged = this.#merged(run)
      this.#revision = await this.#context.ledger.save('run', run.id, merged, this.#revision)
      this.#known = merged
      this.#savedAt = this.#context.clock.monotonic()
    })
  }

  /** Updates the progress of the run, and saves it if the last save was at least `everyMs` ago. */
  async update(run: Run, everyMs: number): Promise<void> {
    this.#known = run
    if (this.#context.clock.monotonic() - this.#savedAt >= everyMs) await this.save(run)
  }
}
