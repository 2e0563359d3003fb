import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { BeganAgain, Run, RunEnd, Stage } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeAsWriter, enterTerm, readInstallation } from '../records.ts'
import { begunAgain, isOver, stageAfter, withProgress, withStageStarted } from '../run-state.ts'
import { Backoff } from '../wait/persist.ts'
import { Turns } from '../wait/turns.ts'
import { WakeSignal } from '../wait/wake-signal.ts'
import { ActiveRun } from './active-run.ts'
import { refuseUnknownLive } from './adopt-live.ts'
import { dropUnneeded, forgetOldRuns, tidyRun } from './housekeeping.ts'
import { changeNames, finishNameChange } from './names.ts'
import { answerRequests } from './request-answers.ts'
import { SenderDrain } from './sender-drain.ts'
import { StageSteps, type StepResult, type StepTools } from './stage-steps.ts'
import { mayBeginAgain, stillSendingFor, takeUpOf } from './take-up.ts'

/** How often progress is stored while a stage goes on. */
const SAVE_EVERY_MS = 1_000
/** No pause after a step that failed is longer: who asks for something meanwhile is to be answered. */
const LONGEST_PAUSE_MS = 1_000

/**
 * Leads runs through their stages, in the one process that is the writer, for one term of it. What it collects of a run
 * is in memory and in the run's workspace: a run that it finds begun begins again.
 */
export class Conductor {
  /** Batches of changes and the switch to another generation take turns. */
  readonly changes = new Turns()
  readonly drain: SenderDrain
  readonly #context: WriterContext
  readonly #wake = new WakeSignal()
  readonly #steps: StageSteps | null
  #active: ActiveRun | null = null
  #fatal: RevalError | null = null
  /** Since when no step has succeeded; null while they do. */
  #retrying: { readonly since: number; readonly backoff: Backoff } | null = null

  /** Without tools it leads no run, and only answers what was asked: `settle`. */
  constructor(context: WriterContext, tools: StepTools | null) {
    this.#context = context
    this.#steps = tools === null ? null : new StageSteps(context, tools, () => this.wake())
    this.drain = new SenderDrain(context)
  }

  /** The run that is being led; null when there is none. */
  get active(): ActiveRun | null {
    return this.#active
  }

  get steps(): StageSteps {
    if (this.#steps !== null) return this.#steps
    throw new RevalError('INTERNAL', 'no run in progress in this process')
  }

  /**
   * Begins the term: earlier writers are refused from now on, what one of them left half done with the names is
   * finished, what nothing needs is dropped. To be awaited before messages are taken. Rejects LEDGER_GONE.
   */
  async prepare(): Promise<void> {
    await refuseUnknownLive(this.#context)
    await enterTerm(this.#context)
    await finishNameChange(this.#context)
    await dropUnneeded(this.#context)
    const { currentRun } = await readInstallation(this.#context.ledger)
    if (currentRun !== null) this.#active = await ActiveRun.takeUp(this.#context, currentRun)
  }

  /**
   * Works until the signal is aborted. A ledger that is away is waited for. Rejects when another process has become the
   * writer, and when the ledger fails for good.
   */
  async conduct(signal: AbortSignal): Promise<void> {
    const { clock, settings, events } = this.#context
    const isStopped = () => signal.aborted
    let backoff: Backoff | null = null
    while (!isStopped()) {
      try {
        const waits = await this.#step()
        backoff = null
        if (this.#retrying !== null) await clock.wait(this.#retrying.backoff.next(), signal)
        else if (waits) await this.#wake.wait(clock, settings.pollMs, signal)
      } catch (error) {
        const coded = asRevalError(error)
        if (!coded.transient || isStopped()) throw coded
        events.emit('trouble', { doing: 'leading the run', error: coded })
        backoff ??= new Backoff(LONGEST_PAUSE_MS)
        await clock.wait(backoff.next(), signal)
      }
    }
  }

  /** Begins the term and answers what was asked; leads no run. */
  async settle(): Promise<void> {
    await enterTerm(this.#context)
    await finishNameChange(this.#context)
    await this.#answer()
  }

  /** Gives back what is held of a run. To be called once nothing is received any more. */
  async close(): Promise<void> {
    await this.#active?.filling?.close()
  }

  /** Something may have changed: the next step is taken at once. */
  wake(): void {
    this.#wake.wake()
  }

  /** The run cannot go on filling its generation. */
  fail(error: RevalError): void {
    this.#fatal ??= error
    this.wake()
  }

  /**
   * Keys changed in the sources: they are put into the journal of the run in progress, before anything else is done
   * about them. A journal that cannot be written ends the run, and never the change.
   */
  async noteChanges(keys: readonly ChangedKey[]): Promise<void> {
    const filling = this.#active?.filling
    if (filling == null) return
    try {
      await filling.workspace.addToJournal(keys)
    } catch (error) {
      this.fail(asRevalError(error))
    }
  }

  /** Does what can be done now. True when there is nothing more to do until something happens. */
  async #step(): Promise<boolean> {
    await this.#answer()
    const installation = await readInstallation(this.#context.ledger)
    const { currentRun } = installation
    if (currentRun === null) {
      await this.#forgetActive()
      await this.drain.look(installation)
      return true
    }
    if (this.#active?.run.id !== currentRun.id) {
      await this.#forgetActive()
      this.#active = await ActiveRun.takeUp(this.#context, currentRun)
    }
    try {
      if (this.#fatal !== null) throw this.#fatal
      const waits = await this.#advance(this.#active)
      this.#retrying = null
      return waits
    } catch (error) {
      return this.#handleStepError(this.#active, asRevalError(error))
    }
  }

  async #advance(active: ActiveRun): Promise<boolean> {
    if (active.filling === null) return this.#takeUp(active)
    const { run } = active
    if (run.state === 'requested') return this.#finish(active, run, 'requested')
    if (isOver(run.state) || run.state === 'promoting') return this.#takeUp(active)
    if (run.state !== 'catching up') return this.#apply(active, await this.steps.step(active, run.state))
    return this.#catchUp(active)
  }

  /** A run that this process has collected nothing of: new, or left by a former writer, or already going live. */
  async #takeUp(active: ActiveRun): Promise<boolean> {
    const { run } = active
    switch (takeUpOf(run)) {
      case 'begin':
        await this.steps.begin(active)
        return this.#finish(active, active.run, 'requested')
      case 'begin again': {
        const because = run.term === this.#context.term ? 'fault' : 'takeover'
        return this.#beginAgain(active, because, 'another process was leading the run')
      }
      case 'fail':
        throw senderStillSending(run, 'another process was leading the run')
      case 'finish':
        return this.#promote(active)
      case 'clear':
        await this.#clear(active)
        return false
    }
  }

  async #apply(active: ActiveRun, result: StepResult): Promise<boolean> {
    switch (result.kind) {
      case 'begin again':
        return this.#beginAgain(active, 'fault', result.reason)
      case 'waiting':
        await this.#note(active, result.run)
        return true
      case 'going on':
        await this.#note(active, result.run)
        return false
      case 'complete': {
        const stage = active.run.state
        if (isOver(stage)) return false
        // Looking takes a while; who asked meanwhile to cancel is not told that it is too late.
        if (stage === 'checking') await this.#answer()
        return isOver(active.run.state) ? false : this.#finish(active, result.run, stage)
      }
    }
  }

  /** The switch: between two batches of changes the generation is brought up to date and becomes one that is kept. */
  async #catchUp(active: ActiveRun): Promise<boolean> {
    if (!(await this.steps.catchUp(active))) return false
    return this.changes.take(async () => {
      const run = await this.steps.catchUpAll(active)
      const refusal = run.evidence?.refusal ?? null
      if (refusal === null) return this.#finish(active, run, 'catching up')
      await active.save(run)
      await this.#end(active, 'held back', new RevalError(refusal.code, refusal.reason), 'checking')
      return false
    })
  }

  async #promote(active: ActiveRun): Promise<boolean> {
    const { id, generation, requestedBy, evidence } = active.run
    const to = { generation: generation ?? '', run: id }
    await finishNameChange(this.#context)
    const { history } = await readInstallation(this.#context.ledger)
    // After a crash the names may have moved for this run already, and even back again by a rollback.
    const promoted = history.some((change) => change.kind === 'promotion' && change.to.generation === to.generation)
    if (!promoted) {
      const why = evidence?.letPass == null ? 'the run passed its checks' : `expected: ${active.run.expect ?? ''}`
      await changeNames(this.#context, { kind: 'promotion', to, request: null, by: requestedBy, why })
    }
    await this.#end(active, 'live', null)
    return false
  }

  async #note(active: ActiveRun, run: Run): Promise<void> {
    const stage = run.state
    if (isOver(stage)) return
    const before = active.run.stages[stage]
    const progress = run.stages[stage]
    await active.note(run, SAVE_EVERY_MS)
    const moved = progress?.rows !== before?.rows || progress?.unjoined?.written !== before?.unjoined?.written
    if (progress !== undefined && moved) this.#context.events.emit('stage.progress', { run, stage, progress })
  }

  async #finish(active: ActiveRun, run: Run, stage: Stage): Promise<false> {
    const now = this.#context.clock.now()
    const finished = withProgress(run, stage, { finishedAt: now })
    const next = stageAfter(stage)
    await active.save(next === null ? finished : withStageStarted(finished, next, now))
    this.#context.events.emit('stage.finished', { run: active.run, stage })
    if (next !== null) this.#context.events.emit('stage.started', { run: active.run, stage: next })
    // What is going live is one of the kept generations, and nothing more is collected of it.
    if (next === 'promoting') await this.#closeFilling(active)
    return false
  }

  async #beginAgain(active: ActiveRun, because: BeganAgain['because'], reason: string): Promise<false> {
    const { run } = active
    if (run.unproved.length > 0) throw senderStillSending(run, reason)
    if (!mayBeginAgain(run, because, this.#context.settings)) {
      throw new RevalError('RUN_BEGUN_TOO_OFTEN', `gave up after ${run.beginning} starts, last ${because}: ${reason}`)
    }
    const why: BeganAgain = { because, reason, at: this.#context.clock.now() }
    await this.#closeFilling(active)
    active.forgetNotes()
    await active.save(begunAgain(run, why))
    this.#context.events.emit('run.beganAgain', { run: active.run, why })
    this.#fatal = null
    return false
  }

  /**
   * A fault of a step: tried again when it may pass, for as long as a stage may stand still; the end of the run when it
   * may not.
   */
  async #handleStepError(active: ActiveRun, error: RevalError): Promise<boolean> {
    if (error.code === 'LEDGER_CONFLICT' || error.code === 'LEDGER_FAILED' || error.code === 'WRITER_LOST') throw error
    const { clock, settings, events } = this.#context
    this.#retrying ??= { since: clock.monotonic(), backoff: new Backoff(LONGEST_PAUSE_MS) }
    const inTime = clock.monotonic() - this.#retrying.since <= settings.stallMs
    // An expired lease says nothing of the run: it goes on when the lease is renewed, or is another's.
    const mayPass = error.code === 'LEASE_EXPIRED' || (error.transient && this.#fatal === null && inTime)
    if (mayPass || (await this.#isInDoubt(active))) {
      events.emit('trouble', { doing: `leading the run through ${active.run.state}`, error })
      return true
    }
    await this.#end(active, isHeldBack(error) ? 'held back' : 'failed', error)
    return false
  }

  /** Whether the names moved to the run's generation is not known yet: it cannot end before. */
  async #isInDoubt(active: ActiveRun): Promise<boolean> {
    return active.run.state === 'promoting' && (await readInstallation(this.#context.ledger)).changing !== null
  }

  async #end(active: ActiveRun, state: RunEnd, error: RevalError | null, failedIn?: Stage): Promise<void> {
    const now = this.#context.clock.now()
    const ended = isOver(active.run.state) ? 'requested' : active.run.state
    const stage = failedIn ?? ended
    const failure = error === null ? null : { code: error.code, reason: error.message, stage }
    await active.save({ ...withProgress(active.run, ended, { finishedAt: now }), state, finishedAt: now, failure })
    await this.#clear(active)
  }

  /** Makes room for the next run, and keeps a generation that was only held back. */
  async #clear(active: ActiveRun): Promise<void> {
    const { run } = active
    const { id, generation, state } = run
    const heldBack = state === 'held back' && generation !== null ? { generation, run: id } : null
    await this.#closeFilling(active)
    // First, while the installation still names the run: who dies in between leaves it to the next writer.
    await tidyRun(this.#context, id)
    await changeAsWriter(this.#context, (known) =>
      known.currentRun?.id !== id
        ? null
        : {
            ...known,
            currentRun: null,
            building: null,
            heldBack: heldBack ?? known.heldBack,
            stillSending: [...known.stillSending, ...stillSendingFor(run)],
          },
    )
    await this.#forgetActive()
    await dropUnneeded(this.#context)
    await forgetOldRuns(this.#context)
    this.#context.events.emit('run.ended', { run })
  }

  async #closeFilling(active: ActiveRun): Promise<void> {
    const { filling } = active
    active.filling = null
    await filling?.close()
  }

  async #forgetActive(): Promise<void> {
    const active = this.#active
    this.#active = null
    this.#fatal = null
    this.#retrying = null
    if (active !== null) await this.#closeFilling(active)
  }

  async #answer(): Promise<void> {
    await answerRequests(this.#context, async (request, by) => {
      const active = this.#active?.run.id === request.id ? this.#active : await ActiveRun.takeUp(this.#context, request)
      if (isOver(active.run.state)) throw new RevalError('RUN_OVER', `run ${request.id} is ${active.run.state}`)
      if (active.run.state === 'promoting') throw new RevalError('RUN_PROMOTING', `run ${request.id} is going live`)
      await this.#end(active, 'cancelled', new RevalError('RUN_CANCELLED', `cancelled by ${by}`))
    })
  }
}

/** Its generation is complete: an operator may promote it once the index that has the name is out of the way. */
function isHeldBack({ code }: RevalError): boolean {
  return code === 'STORE_NAME_TAKEN'
}

function senderStillSending({ unproved }: Run, reason: string): RevalError {
  const what = `${unproved.join(' and ')} sent without run headers, so the run cannot restart (${reason})`
  return new RevalError('SENDER_STILL_SENDING', what)
}
