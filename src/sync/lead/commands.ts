import { RevalError } from '../../errors/reval-error.ts'
import { encodeCommand } from '../../messages/command.ts'
import { encodeHeaders } from '../../messages/headers.ts'
import type { ClaimedStage, Run } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { STAGE_FACTS } from '../stages.ts'
import { withinDeadline } from '../wait/deadline.ts'

/**
 * Publishes the command of a stage, and publishes it again if no service claims the stage in time: the command may have
 * been lost, or its receiver may have died before claiming. A duplicate command finds the stage claimed.
 */
export class Commands {
  readonly #context: WriterContext
  #key = ''
  #tries = 0
  #dueAt = 0

  constructor(context: WriterContext) {
    this.#context = context
  }

  /** Whether the services of a stage claim it. Java services do not; they are sent the command only once. */
  isClaimed(stage: ClaimedStage): boolean {
    const { javaPeers } = this.#context.settings
    return !STAGE_FACTS[stage].services.some(({ service }) => javaPeers.includes(service))
  }

  /**
   * Rejects STAGE_UNCLAIMED after the number of tries in the settings. A try counts once the broker has accepted the
   * command: while the broker is away, no service can receive it.
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
    const isClaimed = this.isClaimed(stage)
    if (this.#tries === (isClaimed ? settings.claimTries : 1)) {
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
    // A second command would make a Java service send everything again, so this waits for its rows instead.
    this.#dueAt = clock.monotonic() + (isClaimed ? settings.claimTimeoutMs : settings.stallMs)
    events.emit('command.published', { run, stage, tries: this.#tries })
  }
}
