import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { PROCESSES, type ProcessRecord, type SendWithoutRun } from '../../ports/processes.ts'
import type { SendStage, ServiceName } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../../sync/context.ts'
import { changeRecord } from '../../sync/records.ts'
import { withinDeadline } from '../../sync/wait/deadline.ts'
import { repeat } from '../../sync/wait/repeat.ts'
import type { HealthWatch } from '../health/health-watch.ts'
import type { Component } from '../lifecycle.ts'
import { VERSION } from '../version.ts'

/** How often a process records that it runs. */
export const PRESENCE_EVERY_MS = 10_000
/** How long a process is remembered that is not seen any more. */
const REMEMBERED_MS = 60 * 60_000
/** Enough for a process that starts over and over. */
const MOST = 200
/** How long the last record may take when the process stops. */
const LAST_MS = 2_000

type PresenceContext = Pick<SyncContext, 'ledger' | 'clock' | 'events' | 'holder'>

/** Records in the ledger that this process runs, every ten seconds, and once more when it stops. Never fails the process. */
export class Presence implements Component {
  readonly name = 'presence'
  readonly #context: PresenceContext
  readonly #services: readonly ServiceName[]
  readonly #health: HealthWatch
  readonly #startedAt: number
  readonly #stopping = new AbortController()
  readonly #sends = new Map<SendStage, SendWithoutRun>()
  #recording: Promise<void> | null = null

  constructor(context: PresenceContext, services: readonly ServiceName[], health: HealthWatch) {
    this.#context = context
    this.#services = services
    this.#health = health
    this.#startedAt = context.clock.now()
    const follow = ({ send }: { readonly send: SendWithoutRun }) => this.#sends.set(send.stage, send)
    for (const event of ['send.started', 'send.progress', 'send.ended'] as const) context.events.on(event, follow)
  }

  start(): Promise<void> {
    const often = { doing: 'recording that this process runs', everyMs: PRESENCE_EVERY_MS }
    this.#recording = repeat(this.#context, often, this.#stopping.signal, () => this.#record(null))
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    if (this.#recording === null) return
    this.#stopping.abort()
    const { clock, events } = this.#context
    const late = () => new RevalError('LEDGER_FAILED', `no answer within ${LAST_MS} ms`, { transient: true })
    try {
      await withinDeadline(clock, LAST_MS, late, async () => {
        await this.#recording
        await this.#record(clock.now())
      })
    } catch (error) {
      // The others see that it is gone a little later.
      events.emit('warning', { doing: 'recording that this process stopped', error: asRevalError(error) })
    }
  }

  async #record(stoppedAt: number | null): Promise<void> {
    const { ledger, clock, holder } = this.#context
    const { servers } = stoppedAt === null ? await this.#health.check() : { servers: [] }
    const seenAt = clock.now()
    const own: ProcessRecord = {
      name: holder,
      services: this.#services,
      version: VERSION,
      startedAt: this.#startedAt,
      seenAt,
      stoppedAt,
      away: servers.filter(({ state }) => state === 'away').map(({ name }) => name),
      sends: [...this.#sends.values()],
    }
    await changeRecord(ledger, 'processes', PROCESSES, (known) => {
      const others = (known?.processes ?? []).filter(({ name }) => name !== holder)
      const remembered = others.filter((each) => each.seenAt > seenAt - REMEMBERED_MS)
      return { processes: [own, ...remembered].slice(0, MOST) }
    })
  }
}
