import type { RevalError } from '../../errors/reval-error.ts'
import type { DataHeaders } from '../../messages/headers.ts'
import { claimId, type SendStage } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { JoinTarget } from '../receive/receive-rows.ts'
import type { ReceivingRun, UnprovedTarget } from '../receive/receiver.ts'
import type { MessageAccount } from '../receive/stage-manifest.ts'
import { unprovedAttempt } from '../receive/unproved-sender.ts'
import { SENDERS } from '../stages.ts'
import type { ActiveRun } from './active-run.ts'
import type { Conductor } from './conductor.ts'
import type { Build } from './build.ts'

type Origin = Pick<DataHeaders, 'run' | 'generation' | 'attempt'>

/** Connects the receivers of messages with the run that the conductor leads. */
export class ConductedRun implements ReceivingRun {
  readonly #context: WriterContext
  readonly #conductor: Conductor
  /** The attempt that claimed each stage of a generation; a stage is claimed only once. */
  #attempts: { readonly generation: string; readonly byStage: Map<SendStage, string> } | null = null

  constructor(context: WriterContext, conductor: Conductor) {
    this.#context = context
    this.#conductor = conductor
  }

  /** Guarded: after a takeover, the messages of the new writer would look late here, and be lost. */
  async accepts(stage: SendStage, headers: Origin): Promise<boolean> {
    const isAccepted = await this.#belongsToRun(stage, headers)
    this.#context.guard()
    return isAccepted
  }

  async #belongsToRun(stage: SendStage, headers: Origin): Promise<boolean> {
    const found = this.#in(stage)
    if (found === null || found.active.run.id !== headers.run) return false
    const { generation } = found.build
    if (generation !== headers.generation) return false
    if (this.#attempts?.generation !== generation) this.#attempts = { generation, byStage: new Map() }
    const { byStage } = this.#attempts
    let attempt = byStage.get(stage)
    if (attempt === undefined) {
      const id = claimId({ generation, stage, service: SENDERS[stage].service })
      attempt = (await this.#context.ledger.read('claim', id))?.value.attempt
      if (attempt !== undefined) byStage.set(stage, attempt)
    }
    return attempt === headers.attempt && this.#in(stage)?.build === found.build
  }

  async unprovedTarget(stage: SendStage): Promise<UnprovedTarget | null> {
    const target = await this.#findUnprovedTarget(stage)
    this.#context.guard()
    return target
  }

  async #findUnprovedTarget(stage: SendStage): Promise<UnprovedTarget | null> {
    // Our recommendation always sends headers: they were lost, or another sender uses the queue.
    if (stage === 'doctors' && !this.#context.settings.javaPeers.includes('recommendation')) return null
    const found = this.#in(stage)
    if (found === null) return this.#conductor.drain.targetFor(stage)
    const { active, build } = found
    if (!(await this.#conductor.steps.watchOf(build, stage).acceptsUnproved(active.run))) return null
    await active.markUnproved(stage)
    if (this.#in(stage)?.build !== build) return null
    return { sender: build.unproved(this.#context, active.run, stage), belongsToRun: true }
  }

  wasLate(stage: SendStage, { run, attempt }: Pick<Origin, 'run' | 'attempt'>): void {
    this.#context.events.emit('message.late', { stage, run, attempt })
    const { active } = this.#conductor
    if (active?.run.id === run) active.countLate(stage)
  }

  targetOf(generation: string): JoinTarget | null {
    const build = this.#conductor.active?.build
    return build?.generation === generation ? build : null
  }

  count(stage: SendStage, generation: string, accounts: readonly MessageAccount[]): void {
    const found = this.#in(stage)
    if (found === null || found.build.generation !== generation) return
    const { build, active } = found
    const attempt = this.#attempts?.generation === generation ? this.#attempts.byStage.get(stage) : undefined
    const manifest = build.manifest(stage, attempt ?? unprovedAttempt(active.run))
    for (const account of accounts) manifest.add(account)
    if (this.#conductor.steps.watchOf(build, stage).hasEverything) this.#conductor.wake()
  }

  async ended(stage: SendStage, unproved: UnprovedTarget | null): Promise<void> {
    if (unproved?.belongsToRun === false) await this.#conductor.drain.ended(stage)
    const found = this.#in(stage)
    if (found !== null) this.#conductor.steps.watchOf(found.build, stage).endReceived()
    this.#conductor.wake()
  }

  failed(generation: string, error: RevalError): void {
    if (this.targetOf(generation) !== null) this.#conductor.fail(error)
  }

  /** The run, while it is in this stage and this process builds its generation. */
  #in(stage: SendStage): { readonly active: ActiveRun; readonly build: Build } | null {
    const { active } = this.#conductor
    return active?.build != null && active.run.state === stage ? { active, build: active.build } : null
  }
}
