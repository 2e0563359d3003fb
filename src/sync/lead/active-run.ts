import { RevalError } from '../../errors/reval-error.ts'
import type { Revision, Run, RunRequest, Stage } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { recordRun } from './run-request.ts'
import { withProgress } from './run-state.ts'

/** The run that this writer is at work on, and the revision it last stored. Only the writer stores runs. */
export class ActiveRun {
  private readonly context: SyncContext
  private known: Run
  private revision: Revision
  private savedAt: number
  /** Kept apart from the run: they come while a step works on a copy of it, which would take them back. */
  private readonly lateMessages = new Map<Stage, number>()

  private constructor(context: SyncContext, run: Run, revision: Revision) {
    this.context = context
    this.known = run
    this.revision = revision
    this.savedAt = context.clock.now()
  }

  /** Takes up a run that was requested, or left by a former writer. */
  static async takeUp(context: SyncContext, request: RunRequest): Promise<ActiveRun> {
    await recordRun(context, request)
    const found = await context.ledger.read('run', request.id)
    if (found === null) throw new RevalError('LEDGER_FAILED', `run ${request.id} was stored and is not there`)
    context.events.emit('run.taken', { run: found.value })
    return new ActiveRun(context, found.value, found.revision)
  }

  get run(): Run {
    return this.counted(this.known)
  }

  /** A message came of which a stage has no more use. Stored with whatever is stored next. */
  countLate(stage: Stage): void {
    const before = this.lateMessages.get(stage) ?? this.known.stages[stage]?.lateMessages ?? 0
    this.lateMessages.set(stage, before + 1)
  }

  private counted(run: Run): Run {
    let counted = run
    for (const [stage, lateMessages] of this.lateMessages) counted = withProgress(counted, stage, { lateMessages })
    return counted
  }

  /** Stores the run. Rejects LEDGER_CONFLICT when another writer has stored it: this one has lost its right. */
  async save(run: Run): Promise<void> {
    const counted = this.counted(run)
    this.revision = await this.context.ledger.save('run', run.id, counted, this.revision)
    this.known = counted
    this.savedAt = this.context.clock.now()
  }

  /** Notes progress; stored when the last storing is `everyMs` ago, since readers want it and the disk does not. */
  async note(run: Run, everyMs: number): Promise<void> {
    this.known = run
    if (this.context.clock.now() - this.savedAt >= everyMs) await this.save(run)
  }
}
