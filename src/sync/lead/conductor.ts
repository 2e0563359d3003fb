import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { KeptGeneration, Restart, Run, RunEnd, RunState, Stage } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { WriterContext } from '../lease/writer.ts'
import { ChangeApplier, type ChangeLead } from '../refresh/apply-changes.ts'
import { enterTerm, readInstallation } from '../records.ts'
import { isOver, stageAfter, withEnd, withProgress, withRestart, withStageStarted } from '../run-state.ts'
import { recordPromotion } from '../verify/verify-live.ts'
import { Backoff } from '../wait/persist.ts'
import { Mutex } from '../wait/mutex.ts'
import { WakeSignal } from '../wait/wake-signal.ts'
import { ActiveRun } from './active-run.ts'
import { AnnouncingAgain } from './announcing-again.ts'
import { refuseOlderLedger, refuseUnknownLive } from './adopt-live.ts'
import { startComparing, type Comparing } from './comparing.ts'
import {
  afterComparing,
  refusalAtSwitch,
  refusalOfVerification,
  skippedStages,
  withCompared,
  withComparedRows,
} from './run-purpose.ts'
import { refuseStale } from './stale.ts'
import { endAfter, withoutPlaceForIt } from './held-back.ts'
import { dropUnneeded, forgetOldRuns, makeWay, takeOverKept } from './housekeeping.ts'
import { finishAliasChange } from './aliases.ts'
import { promoteRun } from './promote-run.ts'
import { answerRequests, type CancelRun, type Exclusively, type TakeResync } from './request-answers.ts'
import { refuseWhilePromoting } from './request-rules.ts'
import { SenderDrain } from './sender-drain.ts'
import { isOfTheLedger, LONGEST_PAUSE_MS, StepRetries } from './step-retries.ts'
import { StageSteps, type StepResult, type StepTools } from './stage-steps.ts'
import { pickUpOf, refuseRestart, senderStillSending } from './pick-up.ts'

/** How often progress is saved. */
const SAVE_EVERY_MS = 1_000

/**
 * Leads runs through their stages, in the process that is the writer, for one term. What it collects is in memory and in
 * the workspace of the run, so a run that an earlier writer started is restarted.
 */
export class Conductor implements ChangeLead {
  /** Keeps batches of changes and the switch to another generation apart. */
  readonly changes = new Mutex()
  readonly drain: SenderDrain
  /** Null if it leads no run. */
  readonly applier: ChangeApplier | null
  /** Receives requests to resync and to erase; if it is not set, they are left to another writer. */
  takeResync: TakeResync = () => undefined
  readonly #context: WriterContext
  readonly #wake = new WakeSignal()
  readonly #steps: StageSteps | null
  #active: ActiveRun | null = null
  /** Set in stage `comparing`, once this process has started to compare. */
  #comparing: Comparing | null = null
  #fatal: RevalError | null = null
  readonly #retries: StepRetries
  readonly #again: AnnouncingAgain

  /** Without tools it leads no run, and only answers requests: see `answerOnly`. */
  constructor(context: WriterContext, tools: StepTools | null) {
    this.#context = context
    this.#steps = tools === null ? null : new StageSteps(context, tools, () => this.wake())
    this.#retries = new StepRetries(context)
    this.drain = new SenderDrain(context)
    this.applier = tools === null ? null : new ChangeApplier(context, this, tools.refresh)
    this.#again = new AnnouncingAgain(context, this.applier)
  }

  /** The run in progress; null if there is none. */
  get active(): ActiveRun | null {
    return this.#active
  }

  /** The generation of the run in progress from the switch on, until the installation names it as kept; else null. */
  get complete(): KeptGeneration | null {
    const run = this.#active?.run
    if (run?.generation == null || !COMPLETE.includes(run.state)) return null
    return { generation: run.generation, run: run.id }
  }

  get steps(): StageSteps {
    if (this.#steps !== null) return this.#steps
    throw new RevalError('INTERNAL', 'no run in progress in this process')
  }

  /**
   * Begins the term: from now on earlier writers are refused. Finishes an alias change that one of them started, and
   * drops generations that are not needed. Await it before consuming messages. Rejects LEDGER_GONE.
   */
  async prepare(): Promise<void> {
    await refuseUnknownLive(this.#context)
    await refuseOlderLedger(this.#context)
    await enterTerm(this.#context)
    await takeOverKept(this.#context)
    await finishAliasChange(this.#context)
    await dropUnneeded(this.#context)
    const { currentRun } = await readInstallation(this.#context.ledger)
    if (currentRun !== null) this.#active = await ActiveRun.pickUp(this.#context, currentRun)
  }

  /**
   * Works until the signal is aborted; waits while the ledger is away. Rejects when another process becomes the writer,
   * or on an error that is not transient.
   */
  async conduct(signal: AbortSignal): Promise<void> {
    const { clock, settings, events } = this.#context
    const isStopped = () => signal.aborted
    let backoff: Backoff | null = null
    while (!isStopped()) {
      try {
        const waits = await this.#step()
        backoff = null
        if (this.#retries.areOn) await this.#retries.wait(signal)
        else if (waits) await this.#wake.wait(clock, settings.pollMs, signal)
      } catch (error) {
        const coded = asRevalError(error)
        if (!coded.transient || isStopped()) throw coded
        events.emit('warning', { doing: 'leading the run', error: coded })
        backoff ??= new Backoff(LONGEST_PAUSE_MS)
        await clock.wait(backoff.next(), signal)
      }
    }
  }

  /** Begins the term and answers requests; leads no run. */
  async answerOnly(): Promise<void> {
    await enterTerm(this.#context)
    await finishAliasChange(this.#context)
    await this.#answer()
  }

  /** Stops what it does beside the run, and releases the workspace. Call it once no more messages are received. */
  async close(): Promise<void> {
    await this.#again.stop()
    await this.#stopComparing()
    await this.#active?.build?.close()
  }

  /** Takes the next step at once: something may have changed. */
  wake(): void {
    this.#wake.wake()
  }

  /** The generation of the run cannot be built: the next step ends the run. */
  fail(error: RevalError): void {
    this.#fatal ??= error
    this.wake()
  }

  /**
   * Adds keys that changed in the sources to the journal of the run in progress. Call it before anything else is done
   * with them. If the journal cannot be written, the run fails; the change does not.
   */
  async journalChanges(keys: readonly ChangedKey[]): Promise<void> {
    if (this.#active !== null) this.#again.changed(keys)
    const build = this.#active?.build
    if (build == null) return
    try {
      await build.workspace.addToJournal(keys)
    } catch (error) {
      // A run that has ended meanwhile closed its journal.
      if (this.#active?.build === build) this.fail(asRevalError(error))
    }
  }

  /** Does what can be done now. True if there is nothing more to do until something happens. */
  async #step(): Promise<boolean> {
    await this.#answer()
    const installation = await readInstallation(this.#context.ledger)
    const { currentRun } = installation
    if (currentRun === null) {
      await this.#forgetActive()
      await this.drain.check(installation)
      return true
    }
    if (this.#active?.run.id !== currentRun.id) {
      await this.#forgetActive()
      this.#active = await ActiveRun.pickUp(this.#context, currentRun)
    }
    try {
      if (this.#fatal !== null) throw this.#fatal
      const waits = await this.#advance(this.#active)
      this.#retries.end()
      return waits
    } catch (error) {
      return this.#handleStepError(this.#active, asRevalError(error))
    }
  }

  async #advance(active: ActiveRun): Promise<boolean> {
    if (this.#comparing !== null) return this.#compare(active, this.#comparing)
    if (active.build === null) return this.#pickUp(active)
    const { run } = active
    if (run.state === 'requested') return this.#finish(active, run, 'requested')
    if (isOver(run.state) || run.state === 'promoting' || run.state === 'comparing') return this.#pickUp(active)
    if (run.state !== 'catching up') return this.#apply(active, await this.steps.step(active, run.state))
    return this.#catchUp(active)
  }

  /** Decides what to do with a run that this process is not building: new, left by an earlier writer, or going live. */
  async #pickUp(active: ActiveRun): Promise<boolean> {
    const { run } = active
    switch (pickUpOf(run)) {
      case 'start':
        await this.steps.start(active)
        return this.#finish(active, active.run, 'requested')
      case 'restart': {
        const cause = run.term === this.#context.term ? 'fault' : 'takeover'
        return this.#restart(active, cause, 'another process was leading the run')
      }
      case 'fail':
        throw senderStillSending(run, 'another process was leading the run')
      case 'compare':
        this.#startComparing(run)
        return false
      case 'finish':
        return this.#promote(active)
      case 'clear':
        await this.#clear(active)
        return false
    }
  }

  async #apply(active: ActiveRun, result: StepResult): Promise<boolean> {
    switch (result.kind) {
      case 'restart':
        return this.#restart(active, 'fault', result.reason)
      case 'waiting':
        await this.#update(active, result.run)
        return true
      case 'continue':
        await this.#update(active, result.run)
        return false
      case 'complete': {
        const stage = active.run.state
        if (isOver(stage)) return false
        // Checking takes a while: a cancel requested meanwhile is not too late.
        if (stage === 'checking') await this.#answer()
        if (isOver(active.run.state)) return false
        const untrusted = refusalOfVerification(result.run)
        if (untrusted === null) return this.#finish(active, result.run, stage)
        await this.#end(active, result.run, 'failed', new RevalError(untrusted.code, untrusted.reason))
        return false
      }
    }
  }

  /** The switch: between two batches of changes, brings the generation up to date and makes it one that is kept. */
  async #catchUp(active: ActiveRun): Promise<boolean> {
    const run = await this.steps.catchUp(active)
    if (run === null) return false
    return this.changes.run(async () => {
      await this.steps.catchUpAll(active)
      const refusal = refusalAtSwitch(run)
      if (refusal === null) return this.#finish(active, run, 'catching up')
      await this.#end(active, run, 'held back', new RevalError(refusal.code, refusal.reason), 'checking')
      return false
    })
  }

  #startComparing(run: Run): void {
    const { applier } = this
    if (applier === null) throw new RevalError('INTERNAL', 'this process leads no run')
    this.#comparing = startComparing(this.#context, run, { changes: this.changes, applier }, () => this.wake())
  }

  async #compare(active: ActiveRun, { state }: Comparing): Promise<boolean> {
    if (state.kind === 'failed') throw state.error
    if (state.kind === 'working') {
      await this.#update(active, withComparedRows(active.run, state.rows))
      return true
    }
    // Comparing takes a while: a cancel requested meanwhile is not too late.
    await this.#answer()
    if (isOver(active.run.state)) return false
    const run = withCompared(active.run, state.result)
    refuseStale(run.generation ?? '', await readInstallation(this.#context.ledger))
    const next = afterComparing(run, state.result)
    if (next.kind === 'end') await this.#end(active, run, next.state, next.error, next.stage)
    else await this.#finish(active, run, 'comparing')
    return false
  }

  async #promote(active: ActiveRun): Promise<boolean> {
    // Between two batches of changes: no reader sees an older value after a newer one.
    await this.changes.run(() => promoteRun(this.#context, active.run))
    await this.#again.promoted()
    const { verification } = active.run
    const repaired = verification && (await recordPromotion(this.#context, verification))
    await this.#end(active, { ...active.run, verification: repaired }, 'live', null)
    return false
  }

  async #update(active: ActiveRun, run: Run): Promise<void> {
    const stage = run.state
    if (isOver(stage)) return
    const before = active.run.stages[stage]
    const progress = run.stages[stage]
    await active.update(run, SAVE_EVERY_MS)
    const moved = progress?.rows !== before?.rows || progress?.unjoined?.written !== before?.unjoined?.written
    if (progress !== undefined && moved) this.#context.events.emit('stage.progress', { run, stage, progress })
  }

  async #finish(active: ActiveRun, run: Run, stage: Stage): Promise<false> {
    const now = this.#context.clock.now()
    const finished = withProgress(run, stage, { finishedAt: now })
    const next = stageAfter(stage, skippedStages(run, this.#context.settings))
    await active.save(next === null ? finished : withStageStarted(finished, next, now))
    this.#context.events.emit('stage.finished', { run: active.run, stage })
    if (next !== null) this.#context.events.emit('stage.started', { run: active.run, stage: next })
    // It is complete, and from now on a kept generation.
    if (stage === 'catching up') await this.#closeBuild(active)
    if (stage === 'comparing') await this.#stopComparing()
    if (next === 'comparing') this.#startComparing(active.run)
    return false
  }

  async #restart(active: ActiveRun, cause: Restart['cause'], reason: string): Promise<false> {
    const { run } = active
    refuseRestart(run, cause, reason, this.#context.settings)
    const why: Restart = { cause, reason, at: this.#context.clock.now() }
    await this.#closeBuild(active)
    active.resetCounts()
    await active.save(withRestart(run, why))
    this.#context.events.emit('run.restarted', { run: active.run, why })
    this.#fatal = null
    return false
  }

  /**
   * Handles the error of a step. A transient one is retried for as long as a stage may make no progress; any other ends
   * the run. True if the step is retried.
   */
  async #handleStepError(active: ActiveRun, error: RevalError): Promise<boolean> {
    if (isOfTheLedger(error)) throw error
    const shouldRetry = this.#retries.mayRetry(error, { isFatal: this.#fatal !== null })
    if (shouldRetry || (await this.#isInDoubt(active))) {
      this.#context.events.emit('warning', { doing: `leading the run through ${active.run.state}`, error })
      return true
    }
    await this.#end(active, active.run, endAfter(error), error)
    return false
  }

  /** Whether it is still unknown if the aliases moved to the run's generation; the run cannot end before. */
  async #isInDoubt(active: ActiveRun): Promise<boolean> {
    return active.run.state === 'promoting' && (await readInstallation(this.#context.ledger)).changing !== null
  }

  /** Ends the run as `run` has it, which need not be saved. */
  async #end(
    active: ActiveRun,
    run: Run,
    state: RunEnd,
    error: RevalError | null,
    failedIn: Stage | null = null,
  ): Promise<void> {
    const over = withEnd(run, { state, error, stage: failedIn, at: this.#context.clock.now() })
    if (error?.code === 'DISK_FULL') await this.#freeSpace(active)
    await active.save(await withoutPlaceForIt(this.#context, over))
    const isAsMeant = error === null || state === 'held back'
    if (isAsMeant && !isOver(run.state)) {
      this.#context.events.emit('stage.finished', { run: active.run, stage: run.state })
    }
    await this.#clear(active)
  }

  /**
   * Drops what the run has built so far, which may be what fills the disk that the ledger needs as well. If the run cannot be
   * saved even so, the next writer ends or restarts it, and needs nothing of this.
   */
  async #freeSpace(active: ActiveRun): Promise<void> {
    const { store, events } = this.#context
    const { generation, state } = active.run
    try {
      await this.#closeBuild(active)
      const isBuilding = !isOver(state) && !COMPLETE.includes(state)
      if (generation !== null && isBuilding) await store.dropGeneration(generation)
    } catch (error) {
      events.emit('warning', { doing: 'freeing the space of the run', error: asRevalError(error) })
    }
  }

  /** Makes way for the next run, and keeps a generation that was held back. */
  async #clear(active: ActiveRun): Promise<void> {
    const { run } = active
    await this.#closeBuild(active)
    await this.#stopComparing()
    await makeWay(this.#context, run)
    await this.#forgetActive()
    await dropUnneeded(this.#context)
    await forgetOldRuns(this.#context)
    this.#context.events.emit('run.ended', { run })
  }

  async #closeBuild(active: ActiveRun): Promise<void> {
    const { build } = active
    active.build = null
    await build?.close()
  }

  async #stopComparing(): Promise<void> {
    const comparing = this.#comparing
    await comparing?.stop()
    this.#comparing = null
  }

  async #forgetActive(): Promise<void> {
    const active = this.#active
    this.#active = null
    this.#fatal = null
    this.#retries.end()
    this.#again.forget()
    await this.#stopComparing()
    if (active !== null) await this.#closeBuild(active)
  }

  async #answer(): Promise<void> {
    const cancel: CancelRun = async (request, { by, why }) => {
      const active = this.#active?.run.id === request.id ? this.#active : await ActiveRun.pickUp(this.#context, request)
      if (isOver(active.run.state)) throw new RevalError('RUN_OVER', `run ${request.id} is ${active.run.state}`)
      refuseWhilePromoting(active.run)
      const cancelled = new RevalError('RUN_CANCELLED', `cancelled by ${by}${why === '' ? '' : `: ${why}`}`)
      await this.#end(active, active.run, 'cancelled', cancelled)
    }
    const exclusively: Exclusively = (action) => this.changes.run(action)
    await answerRequests(this.#context, cancel, exclusively, this.takeResync)
  }
}

/** From the switch on, the generation of a run is complete. */
const COMPLETE: readonly RunState[] = ['comparing', 'promoting', 'held back']
