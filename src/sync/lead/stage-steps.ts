import { ASSEMBLE_VERSION } from '../../domain/assemble.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Run, SendStage } from '../../ports/run-ledger.ts'
import type { RunWorkspaces } from '../../ports/run-workspace.ts'
import type { ExceptionSource } from '../../ports/sources.ts'
import { LeaseObserver } from '../lease/lease-observer.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { RefreshKeys } from '../refresh/refresh.ts'
import { changeAsWriter } from '../records.ts'
import { withProgress, withStageStarted } from '../run-state.ts'
import type { ActiveRun } from './active-run.ts'
import { catchUpAll, catchUpSome } from './catch-up.ts'
import { claimOf, editionsDiffer } from './claims.ts'
import { Commands } from './commands.ts'
import { evidenceOf } from './evidence.ts'
import { Filling } from './filling.ts'
import { dropUnneeded } from './housekeeping.ts'
import { lookAtLists } from './list-stage.ts'
import { ReasonsReading } from './reasons-reading.ts'
import { SendStageWatch } from './send-stage.ts'
import { UnjoinedWriting } from './unjoined-writing.ts'

/** What the writer of a run needs besides what every part of the job works with. */
export interface StepTools {
  readonly workspaces: RunWorkspaces
  readonly exceptions: ExceptionSource
  readonly refresh: RefreshKeys
}

/** What came of one step of a stage. */
export type StepResult =
  /** Nothing more to do until something happens. */
  | { readonly kind: 'waiting'; readonly run: Run }
  /** There is more to do at once. */
  | { readonly kind: 'going on'; readonly run: Run }
  | { readonly kind: 'complete'; readonly run: Run }
  | { readonly kind: 'begin again'; readonly reason: string }

/** The stages in which a generation is filled and looked at. */
type FillingStage = SendStage | 'lists' | 'checking'

/** One step of each stage. What it finds out is in the result; whoever leads the run stores it. */
export class StageSteps {
  readonly #context: WriterContext
  readonly #tools: StepTools
  readonly #wake: () => void
  readonly #commands: Commands
  readonly #observer: LeaseObserver
  #watch: { readonly filling: Filling; readonly stage: SendStage; readonly watch: SendStageWatch } | null = null

  constructor(context: WriterContext, tools: StepTools, wake: () => void) {
    this.#context = context
    this.#tools = tools
    this.#wake = wake
    this.#commands = new Commands(context)
    this.#observer = new LeaseObserver(context)
  }

  /**
   * Makes the generation of a run, and the workspace beside it. The generation is on record before it exists, so that
   * nobody drops it; the journal is open before the first command is published.
   */
  async begin(active: ActiveRun): Promise<void> {
    const { store, clock, term } = this.#context
    const { id, beginning, requestedAt } = active.run
    // Another term's writer may yet send what it had decided: no two of them use one name.
    const generation = `${id}-${term}-${beginning}`
    const run = withStageStarted({ ...active.run, generation, term, stages: {} }, 'requested', requestedAt)
    await changeAsWriter(this.#context, (known) => ({ ...known, building: { generation, run: id } }))
    await dropUnneeded(this.#context)
    const existing = await store.generations()
    if (!existing.some((each) => each.id === generation)) {
      await store.createGeneration({ id: generation, createdAt: clock.now(), assembleVersion: ASSEMBLE_VERSION })
    }
    const workspace = await this.#tools.workspaces.open()
    const reasons = new ReasonsReading(this.#context, this.#tools.exceptions, workspace, this.#wake)
    const filling = new Filling(this.#context, { generation, workspace, reasons, unjoined: new UnjoinedWriting() })
    try {
      await active.save(run)
    } catch (error) {
      await filling.close()
      throw error
    }
    active.filling = filling
  }

  step(active: ActiveRun, stage: FillingStage): Promise<StepResult> {
    const filling = fillingOf(active)
    switch (stage) {
      case 'trainees':
        return this.#trainees(active, filling)
      case 'doctors':
        return this.#doctors(active, filling)
      case 'lists':
        return this.#lists(active, filling)
      case 'checking':
        return this.#check(active, filling)
    }
  }

  /** The watch of the stage that a run is in. */
  watchOf(filling: Filling, stage: SendStage): SendStageWatch {
    if (this.#watch?.filling !== filling || this.#watch.stage !== stage) {
      this.#watch = { filling, stage, watch: new SendStageWatch(this.#context, filling, stage) }
    }
    return this.#watch.watch
  }

  /** Catches up with some of what changed meanwhile. True when the rest can be left to the switch. */
  async catchUp(active: ActiveRun): Promise<boolean> {
    return catchUpSome(this.#catchUpOf(active))
  }

  /** Catches up with all, and gives the run with what is known of the generation then. */
  async catchUpAll(active: ActiveRun): Promise<Run> {
    const { store } = this.#context
    const { run } = active
    const { generation } = fillingOf(active)
    const refreshed = await catchUpAll(this.#catchUpOf(active))
    await store.makeVisible(generation)
    if (refreshed === 0 || run.evidence === null) return run
    // The next run is compared with what goes live, not with what it was before it caught up.
    return { ...run, evidence: { ...run.evidence, profile: await store.profile(generation, run.day) } }
  }

  #catchUpOf(active: ActiveRun) {
    const { workspace, generation } = fillingOf(active)
    return { workspace, target: { generation, day: active.run.day }, refresh: this.#tools.refresh }
  }

  /** Trainees and reasons are collected side by side. */
  async #trainees(active: ActiveRun, filling: Filling): Promise<StepResult> {
    filling.reasons.start()
    const sent = await this.#sent(active, filling, 'trainees')
    const reasons = filling.reasons.state
    if (reasons.kind === 'failed') throw reasons.error
    if (sent.kind !== 'complete') return sent
    if (reasons.kind === 'reading') return { kind: 'waiting', run: sent.run }
    const claim = await claimOf(this.#context, active.run, 'trainees', 'tcs')
    const torn = editionsDiffer({ of: 'trainees', edition: claim?.edition ?? null }, { of: 'the reasons', ...reasons })
    return torn === null ? sent : { kind: 'begin again', reason: torn }
  }

  /** Doctors are joined and written as they come; the trainees without one at the end. */
  async #doctors(active: ActiveRun, filling: Filling): Promise<StepResult> {
    const sent = await this.#sent(active, filling, 'doctors')
    if (sent.kind !== 'complete') return sent
    const isDone = await filling.unjoined.step(this.#context, active.run, filling)
    const run = withProgress(sent.run, 'doctors', { unjoined: filling.unjoined.progress })
    if (!isDone) return { kind: 'going on', run }
    await this.#context.store.makeVisible(filling.generation)
    return { kind: 'complete', run }
  }

  async #sent(active: ActiveRun, filling: Filling, stage: SendStage): Promise<StepResult> {
    // A Java service sends without a word: that has to be known before it is asked.
    if (!this.#commands.claims(stage)) await active.markUnproved(stage)
    return this.watchOf(filling, stage).look(active.run, this.#commands)
  }

  async #lists(active: ActiveRun, filling: Filling): Promise<StepResult> {
    const commands = this.#commands
    const state = await lookAtLists(this.#context, active.run, filling, { commands, observer: this.#observer })
    return state.kind === 'begin again' ? state : { kind: state.kind, run: active.run }
  }

  async #check(active: ActiveRun, filling: Filling): Promise<StepResult> {
    const evidence = await evidenceOf(this.#context, active.run, filling)
    return { kind: 'complete', run: { ...active.run, evidence } }
  }
}

function fillingOf({ filling }: ActiveRun): Filling {
  if (filling === null) throw new RevalError('INTERNAL', 'the run has no open generation')
  return filling
}
