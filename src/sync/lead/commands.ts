import { RevalError } from '../../errors/reval-error.ts'
import { encodeCommand, type Command } from '../../messages/command.ts'
import { encodeHeaders } from '../../messages/headers.ts'
import type { Route } from '../../ports/broker.ts'
import type { ClaimedStage, Run, ServiceName } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'

const COMMAND: Readonly<Record<ClaimedStage, Command & Route>> = {
  trainees: 'syncStart',
  doctors: 'gmcSyncStart',
  lists: 'getMaster',
}

const TAKERS: Readonly<Record<ClaimedStage, readonly ServiceName[]>> = {
  trainees: ['tcs'],
  doctors: ['recommendation'],
  lists: ['recommendation', 'connection'],
}

/**
 * Publishes the command of a stage, and again when nobody claimed it in time: the command may have been lost, or its
 * taker may have died before the claim. A command that comes twice finds the claim taken.
 */
export class Commands {
  private readonly context: SyncContext
  private key = ''
  private tries = 0
  private dueAt = 0

  constructor(context: SyncContext) {
    this.context = context
  }

  /**
   * Rejects STAGE_UNCLAIMED when the command was published so often as the settings allow. Only what the broker accepted
   * counts: while it is away, nobody could have taken the command.
   */
  async publishIfDue(run: Run, stage: ClaimedStage): Promise<void> {
    const { clock, settings, broker, events } = this.context
    const key = `${run.generation ?? ''}/${stage}`
    if (key !== this.key) {
      this.key = key
      this.tries = 0
      this.dueAt = clock.now()
    }
    if (clock.now() < this.dueAt) return
    const tellsOfTaking = !TAKERS[stage].some((service) => settings.javaPeers.includes(service))
    if (this.tries === (tellsOfTaking ? settings.claimTries : 1)) {
      throw new RevalError('STAGE_UNCLAIMED', `nobody took ${COMMAND[stage]} in ${this.tries} tries`, {
        details: { stage },
      })
    }
    const headers = { kind: 'command' as const, run: run.id, generation: run.generation ?? '', day: run.day }
    const message = { body: encodeCommand(COMMAND[stage]), attributes: encodeHeaders(headers) }
    const inTime = AbortSignal.timeout(settings.claimTimeoutMs)
    try {
      await broker.publish(COMMAND[stage], message, inTime)
    } catch (error) {
      if (!inTime.aborted) throw error
      const reason = `${COMMAND[stage]} was not accepted within ${settings.claimTimeoutMs} ms`
      throw new RevalError('BROKER_FAILED', reason, { cause: error, transient: true })
    }
    this.tries += 1
    // A Java service claims nothing, and would send everything again: its rows are waited for instead.
    this.dueAt = clock.now() + (tellsOfTaking ? settings.claimTimeoutMs : settings.stallMs)
    events.emit('command.published', { run, stage, tries: this.tries })
  }
}
