import { ASSEMBLE_VERSION } from '../../domain/assemble.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { claimId, type Run, type RunEnd, type SendStage, type Stage } from '../../ports/run-ledger.ts'
import { ActiveRun } from './active-run.ts'
import { checkGeneration } from './check-stage.ts'
import { Commands } from './commands.ts'
import type { SyncContext } from '../context.ts'
import { dropUnneeded, forgetOldRuns, generationInProgress, tidyRun } from './housekeeping.ts'
import { lookAtLists } from './list-stage.ts'
import { changeNames, finishNameChange } from './names.ts'
import { Nudge } from '../wait/nudge.ts'
import { Backoff } from '../wait/persist.ts'
import type { ReceivingRun } from '../receive/receiver.ts'
import { changeInstallation, readInstallation } from './records.ts'
import { answerRequests } from './request-answers.ts'
import { begunAgain, isOver, stageAfter, withProgress, withStageStarted } from './run-state.ts'
import { refuseUnknownLive } from './adopt-live.ts'
import { SENDER, SendStageWatch } from './send-stage.ts'
import { Sight } from '../lease/sight.ts'
import type { UnprovedStage } from './unproved-stage.ts'

/** How often progress is stored while a stage goes on. */
const SAVE_EVERY_MS = 1_000
/** No pause after a step that failed is longer: who asks for something meanwhile is to be answered. */
/** After a look at the ledger, so many times as long as it took passes before the next. */
const RESTS = 4

const LONGEST_PAUSE_MS = 1_000

/**
 * Leads a run through its stages, in the one process that is the writer. All that it knows is in the ledger, so that
 * another can go on where it stopped; what it keeps in memory is only when it last did something.
 */
export class Conductor implements ReceivingRun {
  private readonly context: SyncContext
  private readonly nudge = new Nudge()
  private readonly commands: Commands
  private active: ActiveRun | null = null
  private watch: { key: string; watch: SendStageWatch } | null = null
  private readonly sight: Sight
  private readonly attempts = new Map<string, string>()
  private fault: RevalError | null = null
  /** Since when no step has succeeded; null while they do. */
  private trouble: { readonly since: number; readonly backoff: Backoff } | null = null

  constructor(context: SyncContext) {
    this.context = context
    this.commands = new Commands(context)
    this.sight = new Sight(context)
  }

  /**
   * Finds out where the former writer stopped, and clears away what it left. To be awaited before messages are taken:
   * who does not know the run that they are of takes them for late. Rejects LEDGER_GONE.
   */
  async prepare(): Promise<void> {
    await refuseUnknownLive(this.context)
    await finishNameChange(this.context)
    await dropUnneeded(this.context, await generationInProgress(this.context))
    const { currentRun } = await readInstallation(this.context.ledger)
    if (currentRun !== null) this.active = await ActiveRun.takeUp(this.context, currentRun)
  }

  /** Works until the signal is aborted. Rejects when the ledger fails or another process has become the writer. */
  async conduct(signal: AbortSignal): Promise<void> {
    const { clock, settings } = this.context
    while (!signal.aborted) {
      const begun = clock.now()
      const waits = await this.step()
      if (this.trouble !== null) {
        await clock.wait(Math.max(settings.pollMs, this.trouble.backoff.next()), signal)
      } else if (waits) {
        // A ledger that takes long to answer is not asked at every message that was written.
        const rest = Math.min((clock.now() - begun) * RESTS, settings.pollMs)
        if (rest > 0) await clock.wait(rest, signal)
        await this.nudge.wait(clock, settings.pollMs, signal)
      }
    }
  }

  /** Finishes what a crash left half done with the names, and answers what was asked; leads no run. */
  async settle(): Promise<void> {
    await finishNameChange(this.context)
    await this.answer()
  }

  /** Wakes the conductor: something may have changed. */
  moved(): void {
    this.nudge.nudge()
  }

  async accepts(stage: SendStage, headers: { run: string; generation: string; attempt: string }): Promise<boolean> {
    const run = this.active?.run
    if (run?.id !== headers.run || run.generation !== headers.generation || run.state !== stage) return false
    const id = claimId({ generation: headers.generation, stage, service: SENDER[stage] })
    let attempt = this.attempts.get(id)
    if (attempt === undefined) {
      attempt = (await this.context.ledger.read('claim', id))?.value.attempt
      if (attempt !== undefined) this.attempts.set(id, attempt)
    }
    return attempt === headers.attempt
  }

  async takesUnproved(stage: SendStage): Promise<UnprovedStage | null> {
    const isIn = (run: Run | undefined): run is Run => run?.state === stage
    const run = this.active?.run
    if (!isIn(run)) return null
    const unproved = await this.watchOf(run, stage).takesUnproved(run)
    const now = this.active?.run
    return isIn(now) && now.generation === run.generation ? unproved : null
  }

  isFilling(generation: string): boolean {
    return this.active?.run.generation === generation && !isOver(this.active.run.state)
  }

  wasLate(stage: SendStage, headers: { run: string; attempt: string }): void {
    this.context.events.emit('message.late', { stage, run: headers.run, attempt: headers.attempt })
    if (this.active?.run.id === headers.run) this.active.countLate(stage)
  }

  cannotGoOn(generation: string, error: RevalError): void {
    if (this.active?.run.generation === generation) this.fault = error
    this.moved()
  }

  /** Does what can be done now. True when there is nothing more to do until something happens. */
  private async step(): Promise<boolean> {
    await this.answer()
    const { currentRun } = await readInstallation(this.context.ledger)
    if (currentRun === null) {
      this.active = null
      return true
    }
    if (this.active?.run.id !== currentRun.id) {
      this.active = await ActiveRun.takeUp(this.context, currentRun)
      this.fault = null
    }
    try {
      if (this.fault !== null) throw this.fault
      const waits = await this.advance(this.active)
      this.trouble = null
      return waits
    } catch (error) {
      return this.stumble(this.active, asRevalError(error))
    }
  }

  private async advance(active: ActiveRun): Promise<boolean> {
    const { run } = active
    switch (run.state) {
      case 'requested':
        return this.begin(active)
      case 'trainees':
      case 'doctors':
        return this.send(active, run.state)
      case 'lists':
        return this.list(active)
      case 'checking':
        return this.check(active)
      case 'promoting':
        return this.promote(active)
      default:
        // A former writer died between the record of the end and that of the installation.
        await this.clear(active, null)
        return false
    }
  }

  private async begin(active: ActiveRun): Promise<boolean> {
    const { store, ledger, clock, settings } = this.context
    let { run } = active
    if (run.beginning > settings.maxBeginnings) {
      throw new RevalError(
        'RUN_BEGUN_TOO_OFTEN',
        `begun ${settings.maxBeginnings} times: ${run.beganAgain.at(-1) ?? ''}`,
      )
    }
    const generation = run.generation ?? `${run.id}-${run.beginning}`
    run = withStageStarted({ ...run, generation, stages: {} }, 'requested', run.requestedAt)
    await active.save(run)
    // What an earlier run held back makes room: two kept generations and the one being filled are enough.
    await changeInstallation(ledger, (known) => (known.heldBack === null ? null : { ...known, heldBack: null }))
    await dropUnneeded(this.context, generation)
    const existing = await store.generations()
    if (!existing.some(({ id }) => id === generation)) {
      await store.createGeneration({ id: generation, createdAt: clock.now(), assembleVersion: ASSEMBLE_VERSION })
    }
    await ledger.clearFailures(run.id)
    return this.finish(active, run, 'requested')
  }

  private watchOf(run: Run, stage: SendStage): SendStageWatch {
    const key = `${run.generation ?? ''}/${stage}`
    if (this.watch?.key !== key) this.watch = { key, watch: new SendStageWatch(this.context, run, stage) }
    return this.watch.watch
  }

  private async send(active: ActiveRun, stage: SendStage): Promise<boolean> {
    const standing = await this.watchOf(active.run, stage).look(active.run, this.commands)
    if (standing.kind === 'begin again') return this.beginAgain(active, standing.reason)
    if (standing.kind === 'waiting') return this.waitOn(active, standing.run, stage)
    await this.context.store.makeVisible(active.run.generation ?? '')
    return this.finish(active, standing.run, stage)
  }

  private async list(active: ActiveRun): Promise<boolean> {
    const standing = await lookAtLists(this.context, active.run, this.commands, this.sight)
    if (standing.kind === 'begin again') return this.beginAgain(active, standing.reason)
    if (standing.kind === 'waiting') return this.waitOn(active, standing.run, 'lists')
    await this.context.store.makeVisible(active.run.generation ?? '')
    return this.finish(active, standing.run, 'lists')
  }

  private async check(active: ActiveRun): Promise<boolean> {
    const { run, refusal } = await checkGeneration(this.context, active.run, active.run.generation ?? '')
    // Counting takes a while; who asked meanwhile to cancel is not told that it is too late.
    await this.answer()
    if (isOver(active.run.state)) return false
    if (refusal === null) return this.finish(active, run, 'checking')
    await active.save(run)
    await this.end(active, 'failed', new RevalError(refusal.code, refusal.reason))
    return false
  }

  private async promote(active: ActiveRun): Promise<boolean> {
    const { id, generation, requestedBy } = active.run
    const to = { generation: generation ?? '', run: id }
    await finishNameChange(this.context)
    const { history } = await readInstallation(this.context.ledger)
    // After a crash the names may have moved for this run already, and even back again by a rollback.
    const promoted = history.some((change) => change.kind === 'promotion' && change.to.generation === to.generation)
    if (!promoted) {
      const why = 'the run passed its checks'
      await changeNames(this.context, { kind: 'promotion', to, request: null, by: requestedBy, why })
    }
    await this.end(active, 'live', null)
    return false
  }

  private async waitOn(active: ActiveRun, run: Run, stage: Stage): Promise<true> {
    const before = active.run.stages[stage]
    const progress = run.stages[stage]
    await active.note(run, SAVE_EVERY_MS)
    if (progress !== undefined && progress.rows !== before?.rows) {
      this.context.events.emit('stage.progress', { run, stage, progress })
    }
    return true
  }

  private async finish(active: ActiveRun, run: Run, stage: Stage): Promise<false> {
    const now = this.context.clock.now()
    const finished = withProgress(run, stage, { finishedAt: now })
    const next = stageAfter(stage)
    await active.save(next === null ? finished : withStageStarted(finished, next, now))
    this.context.events.emit('stage.finished', { run: active.run, stage })
    if (next !== null) this.context.events.emit('stage.started', { run: active.run, stage: next })
    return false
  }

  private async beginAgain(active: ActiveRun, reason: string): Promise<false> {
    await active.save(begunAgain(active.run, reason))
    this.context.events.emit('run.beganAgain', { run: active.run, reason })
    this.fault = null
    return false
  }

  /**
   * A fault of a step: tried again when it may pass, for as long as a stage may stand still; the end of the run when it
   * may not.
   */
  private async stumble(active: ActiveRun, error: RevalError): Promise<boolean> {
    if (error.code === 'LEDGER_CONFLICT' || error.code === 'LEDGER_FAILED') throw error
    const { clock, settings, events } = this.context
    this.trouble ??= { since: clock.now(), backoff: new Backoff(LONGEST_PAUSE_MS) }
    const inTime = clock.now() - this.trouble.since <= settings.stallMs
    const mayPass = error.transient && this.fault === null && inTime
    if (mayPass || (await this.isInDoubt(active))) {
      events.emit('trouble', { doing: `leading the run through ${active.run.state}`, error })
      return true
    }
    await this.end(active, 'failed', error)
    return false
  }

  /** Whether the names moved to the run's generation is not known yet: it cannot end before. */
  private async isInDoubt(active: ActiveRun): Promise<boolean> {
    return active.run.state === 'promoting' && (await readInstallation(this.context.ledger)).changing !== null
  }

  private async end(active: ActiveRun, state: RunEnd, error: RevalError | null): Promise<void> {
    const now = this.context.clock.now()
    const stage = isOver(active.run.state) ? 'requested' : active.run.state
    const failure = error === null ? null : { code: error.code, reason: error.message, stage }
    await active.save({ ...withProgress(active.run, stage, { finishedAt: now }), state, finishedAt: now, failure })
    await this.clear(active, error)
  }

  /** Makes room for the next run, and keeps a generation that was only held back. */
  private async clear(active: ActiveRun, error: RevalError | null): Promise<void> {
    const { id, generation } = active.run
    const code = error?.code ?? active.run.failure?.code
    const heldBack = code !== undefined && isHeldBack(code) && generation !== null ? { generation, run: id } : null
    // First, while the installation still names the run: who dies in between leaves it to the next writer.
    await tidyRun(this.context, id)
    await changeInstallation(this.context.ledger, (known) =>
      known.currentRun?.id === id ? { ...known, currentRun: null, heldBack: heldBack ?? known.heldBack } : null,
    )
    this.active = null
    this.fault = null
    this.trouble = null
    this.attempts.clear()
    await dropUnneeded(this.context, null)
    await forgetOldRuns(this.context)
    this.context.events.emit('run.ended', { run: active.run })
  }

  private async answer(): Promise<void> {
    await answerRequests(this.context, async (request, by) => {
      const active = this.active?.run.id === request.id ? this.active : await ActiveRun.takeUp(this.context, request)
      if (isOver(active.run.state)) throw new RevalError('RUN_OVER', `run ${request.id} is ${active.run.state}`)
      if (active.run.state === 'promoting') throw new RevalError('RUN_PROMOTING', `run ${request.id} is going live`)
      await this.end(active, 'cancelled', new RevalError('RUN_CANCELLED', `cancelled by ${by}`))
    })
  }
}

/** A generation that is complete, and that an operator may want to look at and promote once the reason is gone. */
function isHeldBack(code: ErrorCode): boolean {
  return code.startsWith('CHECK_') || code === 'STORE_NAME_TAKEN'
}
