import { RevalError } from '../../errors/reval-error.ts'
import { encodeCommand } from '../../messages/command.ts'
import { encodeHeaders } from '../../messages/headers.ts'
import type { ClaimedStage, Run } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { STAGE_FACTS } from '../stages.ts'
import { withinDeadline } from '../wait/deadline.ts'

/**
 * Publishes the command of a stage, and again when nobody claimed it in time: the command may have been lost, or its
 * taker may have died before the claim. A command that comes twice finds the claim taken.
 */
export class Commands {
  readonly #context: WriterContext
  #key = ''
  #tries = 0
  #dueAt = 0

  constructor(context: WriterContext) {
    this.#context = context
  }

  /** Whether all services of a stage claim it. Java ones do not: they send without a word, and are asked once. */
  claims(stage: ClaimedStage): boolean {
    const { javaPeers } = this.#context.settings
    return !STAGE_FACTS[stage].services.some(({ service }) => javaPeers.includes(service))
  }

  /**
   * Rejects STAGE_UNCLAIMED when the command was published so often as the settings allow. Only what the broker accepted
   * counts: while it is away, nobody could have taken the command.
   */
  async publishIfDue(run: Run, stage: ClaimedStage): Promise<void> {
    const { clock, settings, broker, events } = this.#context
    const { command } = STAGE_FACTS[stage]
    const key = `${run.generation ?? ''}/${stage}`
    if (key !== this.#key) {
      this.#key = key
      this.#tries = 0
      this.#dueAt = clock.monotonic()
    }
    if (clock.monotonic() < this.#dueAt) return
    const claims = this.claims(stage)
    if (this.#tries === (claims ? settings.claimTries : 1)) {
      throw new RevalError('STAGE_UNCLAIMED', `no service claimed ${command} after ${this.#tries} tries`, {
        details: { stage },
      })
    }
    const headers = { kind: 'command' as const, run: run.id, generation: run.generation ?? '', day: run.day }
    const message = { body: encodeCommand(command), attributes: encodeHeaders(headers) }
    const tooLate = new AbortController()
    const late = () => {
      const reason = `broker did not accept ${command} within ${settings.claimTimeoutMs} ms`
      const error = new RevalError('BROKER_FAILED', reason, { transient: true })
      tooLate.abort(error)
      return error
    }
    await withinDeadline(clock, settings.claimTimeoutMs, late, () => broker.publish(command, message, tooLate.signal))
    this.#tries += 1
    // A Java service would send everything again: its rows are waited for instead.
    this.#dueAt = clock.monotonic() + (claims ? settings.claimTimeoutMs : settings.stallMs)
    events.emit('command.published', { run, stage, tries: this.#tries })
  }
}
