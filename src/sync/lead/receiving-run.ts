import type { RevalError } from '../../errors/reval-error.ts'
import type { DataHeaders } from '../../messages/headers.ts'
import { claimId, type SendStage } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { JoinTarget } from '../receive/receive-rows.ts'
import type { ReceivingRun, UnprovedTaking } from '../receive/receiver.ts'
import type { MessageAccount } from '../receive/stage-manifest.ts'
import { unprovedAttempt } from '../receive/unproved-sender.ts'
import { SENDERS } from '../stages.ts'
import type { ActiveRun } from './active-run.ts'
import type { Conductor } from './conductor.ts'
import type { Filling } from './filling.ts'

type Place = Pick<DataHeaders, 'run' | 'generation' | 'attempt'>

/** What the receivers of messages are told of the run that the conductor leads, and tell it. */
export class ConductedRun implements ReceivingRun {
  readonly #context: WriterContext
  readonly #conductor: Conductor
  /** The attempt that claimed each stage of a generation: a claim is given once. */
  #attempts: { readonly generation: string; readonly byStage: Map<SendStage, string> } | null = null

  constructor(context: WriterContext, conductor: Conductor) {
    this.#context = context
    this.#conductor = conductor
  }

  /** Whoever has been overtaken would take the messages of its successor for late, and they would be gone. */
  async accepts(stage: SendStage, headers: Place): Promise<boolean> {
    const isAccepted = await this.#isOfThisRun(stage, headers)
    this.#context.guard()
    return isAccepted
  }

  async #isOfThisRun(stage: SendStage, headers: Place): Promise<boolean> {
    const found = this.#in(stage)
    if (found === null || found.active.run.id !== headers.run) return false
    const { generation } = found.filling
    if (generation !== headers.generation) return false
    if (this.#attempts?.generation !== generation) this.#attempts = { generation, byStage: new Map() }
    const { byStage } = this.#attempts
    let attempt = byStage.get(stage)
    if (attempt === undefined) {
      const id = claimId({ generation, stage, service: SENDERS[stage].service })
      attempt = (await this.#context.ledger.read('claim', id))?.value.attempt
      if (attempt !== undefined) byStage.set(stage, attempt)
    }
    return attempt === headers.attempt && this.#in(stage)?.filling === found.filling
  }

  async takesUnproved(stage: SendStage): Promise<UnprovedTaking | null> {
    const taking = await this.#takingOfUnproved(stage)
    this.#context.guard()
    return taking
  }

  async #takingOfUnproved(stage: SendStage): Promise<UnprovedTaking | null> {
    const found = this.#in(stage)
    if (found === null) return this.#conductor.drain.takes(stage)
    const { active, filling } = found
    if (!(await this.#conductor.steps.watchOf(filling, stage).takesUnproved(active.run))) return null
    await active.markUnproved(stage)
    if (this.#in(stage)?.filling !== filling) return null
    return { sender: filling.unproved(this.#context, active.run, stage), belongsToRun: true }
  }

  wasLate(stage: SendStage, { run, attempt }: Pick<Place, 'run' | 'attempt'>): void {
    this.#context.events.emit('message.late', { stage, run, attempt })
    const { active } = this.#conductor
    if (active?.run.id === run) active.countLate(stage)
  }

  targetOf(generation: string): JoinTarget | null {
    const filling = this.#conductor.active?.filling
    return filling?.generation === generation ? filling : null
  }

  count(stage: SendStage, generation: string, accounts: readonly MessageAccount[]): void {
    const found = this.#in(stage)
    if (found === null || found.filling.generation !== generation) return
    const { filling, active } = found
    const attempt = this.#attempts?.generation === generation ? this.#attempts.byStage.get(stage) : undefined
    const manifest = filling.manifest(stage, attempt ?? unprovedAttempt(active.run))
    for (const account of accounts) manifest.add(account)
    if (this.#conductor.steps.watchOf(filling, stage).hasAll) this.#conductor.wake()
  }

  async ended(stage: SendStage, unproved: UnprovedTaking | null): Promise<void> {
    if (unproved?.belongsToRun === false) await this.#conductor.drain.ended(stage)
    const found = this.#in(stage)
    if (found !== null) this.#conductor.steps.watchOf(found.filling, stage).hint()
    this.#conductor.wake()
  }

  failed(generation: string, error: RevalError): void {
    if (this.targetOf(generation) !== null) this.#conductor.fail(error)
  }

  /** The run, while it is in this stage and this process fills its generation. */
  #in(stage: SendStage): { readonly active: ActiveRun; readonly filling: Filling } | null {
    const { active } = this.#conductor
    return active?.filling != null && active.run.state === stage ? { active, filling: active.filling } : null
  }
}
