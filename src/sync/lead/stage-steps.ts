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
import { SENDERS } from '../stages.ts'
import type { ActiveRun } from './active-run.ts'
import { catchUpAll, catchUpSome } from './catch-up.ts'
import { claimOf, editionsDiffer } from './claims.ts'
import { Commands } from './commands.ts'
import { evidenceOf } from './evidence.ts'
import { Build } from './build.ts'
import { dropUnneeded } from './housekeeping.ts'
import { checkLists } from './list-stage.ts'
import { ReasonsReading } from './reasons-reading.ts'
import { hasTables, mayGoLive } from './run-purpose.ts'
import { SendStageWatch } from './send-stage.ts'
import { TableFilling } from './table-filling.ts'
import { UnjoinedWriting } from './unjoined-writing.ts'

/** What leading a run needs besides the context. */
export interface StepTools {
  readonly workspaces: RunWorkspaces
  readonly exceptions: ExceptionSource
  readonly refresh: RefreshKeys
}

/** The result of one step of a stage. */
export type StepResult =
  /** There is nothing to do until something happens. */
  | { readonly kind: 'waiting'; readonly run: Run }
  /** There is more to do at once. */
  | { readonly kind: 'continue'; readonly run: Run }
  | { readonly kind: 'complete'; readonly run: Run }
  | { readonly kind: 'restart'; readonly reason: string }

/** The stages in which a generation is built and checked. */
type BuildStage = SendStage | 'lists' | 'checking'

/** Takes one step of a stage. The result is returned; the conductor saves it. */
export class StageSteps {
  readonly #context: WriterContext
  readonly #tools: StepTools
  readonly #wake: () => void
  readonly #commands: Commands
  readonly #observer: LeaseObserver
  #watch: { readonly build: Build; readonly stage: SendStage; readonly watch: SendStageWatch } | null = null

  constructor(context: WriterContext, tools: StepTools, wake: () => void) {
    this.#context = context
    this.#tools = tools
    this.#wake = wake
    this.#commands = new Commands(context)
    this.#observer = new LeaseObserver(context)
  }

  /**
   * Creates the generation of a run, and its workspace. The generation is on record before it exists, so that it is not
   * dropped as unneeded; the journal is open before the first command is published.
   */
  async start(active: ActiveRun): Promise<void> {
    const { store, clock, term, settings } = this.#context
    const { id, restarts, requestedAt, day } = active.run
    // A writer of another term may still send a late write: it must not have the same generation.
    const generation = `${id}-${term}-${restarts.length + 1}`
    const run = withStageStarted({ ...active.run, generation, term, stages: {} }, 'requested', requestedAt)
    await changeAsWriter(this.#context, (known) => ({ ...known, building: { generation, run: id } }))
    await dropUnneeded(this.#context)
    const existing = await store.generations()
    if (!existing.some((each) => each.id === generation)) {
      await store.createGeneration({
        ...{ id: generation, createdAt: clock.now(), assembleVersion: ASSEMBLE_VERSION },
        ...(hasTables(run, settings) ? { tableDay: day } : {}),
      })
    }
    const workspace = await this.#tools.workspaces.open()
    const reasons = new ReasonsReading(this.#context, this.#tools.exceptions, workspace, this.#wake)
    const build = new Build(this.#context, {
      ...{ generation, workspace, reasons, unjoined: new UnjoinedWriting() },
      tables: hasTables(run, settings) ? new TableFilling(this.#context, { generation, day }, this.#wake) : null,
    })
    try {
      await active.save(run)
    } catch (error) {
      await build.close()
      throw error
    }
    active.build = build
  }

  step(active: ActiveRun, stage: BuildStage): Promise<StepResult> {
    const build = buildOf(active)
    switch (stage) {
      case 'trainees':
        return this.#trainees(active, build)
      case 'doctors':
        return this.#doctors(active, build)
      case 'lists':
        return this.#lists(active, build)
      case 'checking':
        return this.#check(active, build)
    }
  }

  /** The watch of the stage that a run is in. */
  watchOf(build: Build, stage: SendStage): SendStageWatch {
    if (this.#watch?.build !== build || this.#watch.stage !== stage) {
      this.#watch = { build, stage, watch: new SendStageWatch(this.#context, build, stage) }
    }
    return this.#watch.watch
  }

  /**
   * Catches up with some of the journal. The run once the rest can be left to the switch, its profile updated: the next run is
   * compared with what goes live. Null before.
   */
  async catchUp(active: ActiveRun): Promise<Run | null> {
    const { store } = this.#context
    const { run } = active
    const build = buildOf(active)
    const { refreshed, isClose } = await catchUpSome(this.#catchUpOf(active))
    build.caughtUp += refreshed
    if (!isClose) return null
    if (build.caughtUp === 0 || run.evidence === null) return run
    // Before the switch, which holds up changes: what it adds is too little to matter.
    return { ...run, evidence: { ...run.evidence, profile: await store.profile(build.generation, run.day) } }
  }

  /** Catches up with the whole journal, and makes it visible; no key may be added meanwhile. */
  async catchUpAll(active: ActiveRun): Promise<void> {
    await catchUpAll(this.#catchUpOf(active))
    await this.#context.store.makeVisible(buildOf(active).generation)
  }

  #catchUpOf(active: ActiveRun) {
    const { workspace, generation } = buildOf(active)
    const target = { generation, run: active.run.id, day: active.run.day }
    return { workspace, target, refresh: this.#tools.refresh }
  }

  /** Trainees and reasons are collected at the same time. */
  async #trainees(active: ActiveRun, build: Build): Promise<StepResult> {
    build.reasons.start()
    const sent = await this.#sent(active, build, 'trainees')
    const reasons = build.reasons.state
    if (reasons.kind === 'failed') throw reasons.error
    if (sent.kind !== 'complete') return sent
    if (reasons.kind === 'reading') return { kind: 'waiting', run: sent.run }
    const claim = await claimOf(this.#context, active.run, 'trainees', SENDERS.trainees.service)
    const reason = editionsDiffer(
      { of: 'trainees', edition: claim?.edition ?? null },
      { of: 'the reasons', ...reasons },
    )
    return reason === null ? sent : { kind: 'restart', reason }
  }

  /** Doctors are joined and written as they arrive, trainees without a doctor at the end. */
  async #doctors(active: ActiveRun, build: Build): Promise<StepResult> {
    const sent = await this.#sent(active, build, 'doctors')
    if (sent.kind !== 'complete') return sent
    const isDone = await build.unjoined.step(this.#context, active.run, build)
    const run = withProgress(sent.run, 'doctors', { unjoined: build.unjoined.progress })
    if (!isDone) return { kind: 'continue', run }
    if (mayGoLive(run)) await this.#context.store.makeReadable(build.generation)
    await this.#context.store.makeVisible(build.generation)
    return { kind: 'complete', run }
  }

  async #sent(active: ActiveRun, build: Build, stage: SendStage): Promise<StepResult> {
    // A Java service does not claim its stage. This is recorded before the command is sent.
    if (!this.#commands.isClaimed(stage)) await active.markUnproved(stage)
    return this.watchOf(build, stage).check(active.run, this.#commands)
  }

  /** Services count the rows of their lists while tables are filled. */
  async #lists(active: ActiveRun, build: Build): Promise<StepResult> {
    const commands = this.#commands
    const { tables } = build
    tables?.start()
    const state = await checkLists(this.#context, active.run, build, { commands, observer: this.#observer })
    if (state.kind === 'restart') return state
    if (tables === null) return { kind: state.kind, run: active.run }
    const filling = tables.state
    if (filling.kind === 'restart') return filling
    const run = withProgress(active.run, 'lists', filling.progress)
    return { kind: filling.kind === 'complete' ? state.kind : 'waiting', run }
  }

  async #check(active: ActiveRun, build: Build): Promise<StepResult> {
    const evidence = await evidenceOf(this.#context, active.run, build)
    return { kind: 'complete', run: { ...active.run, evidence } }
  }
}

function buildOf({ build }: ActiveRun): Build {
  if (build === null) throw new RevalError('INTERNAL', 'the run has no open generation')
  return build
}
