import type { Day } from '../domain/day.ts'
import { asRevalError, RevalError } from '../errors/reval-error.ts'
import { decodeCommand, type Command } from '../messages/command.ts'
import { decodeHeaders, type CommandHeaders } from '../messages/headers.ts'
import type { Consumer, Delivery, Queue } from '../ports/broker.ts'
import type { ClaimedStage, ServiceName } from '../ports/run-ledger.ts'
import { takeClaim, type HeldClaim } from './claim.ts'
import type { SyncContext } from './context.ts'
import { DeliveryEnds } from './delivery-ends.ts'
import { keepConsuming } from './keep-consuming.ts'

/** Which command of which queue makes a service take which stage, and what it does then. */
export interface CommandTaking {
  readonly service: ServiceName
  readonly stage: ClaimedStage
  readonly queue: Queue
  readonly command: Command
  /** Does the work of the claim, and ends or fails it, and releases it. `signal` is aborted when the service stops. */
  readonly work: (claim: HeldClaim, day: Day, signal: AbortSignal) => Promise<void>
}

/** Commands wait for nobody's work: they are acknowledged once claimed, long before it is done. */
const PREFETCH = 1

/**
 * Takes the commands of one queue: claims the stage, acknowledges, and works. A command that cannot be claimed is
 * somebody else's or of a run that is over, and is acknowledged too. Resolves once the queue is consumed.
 */
export async function takeCommands(context: SyncContext, taking: CommandTaking): Promise<Consumer> {
  const stopping = new AbortController()
  const working = new Set<Promise<void>>()
  const ends = new DeliveryEnds(context, taking.queue)

  const begin = async (headers: CommandHeaders): Promise<void> => {
    const { run, generation, day } = headers
    const claim = await takeClaim(context, { run, generation, stage: taking.stage, service: taking.service })
    if (claim === null) return
    const work = taking
      .work(claim, day, stopping.signal)
      .catch((error: unknown) => {
        context.events.emit('trouble', { doing: `working on ${taking.stage}`, error: asRevalError(error) })
      })
      .finally(() => working.delete(work))
    working.add(work)
  }

  const consumer = await keepConsuming(context, taking.queue, PREFETCH, async (delivery) => {
    try {
      await begin(readCommand(delivery, taking))
    } catch (error) {
      await ends.failed(delivery, error)
      return
    }
    await ends.acknowledge(delivery)
  })
  return {
    stop: async () => {
      stopping.abort(new RevalError('BROKER_CLOSED', `${taking.service} stops`))
      await consumer.stop()
      await Promise.all(working)
    },
  }
}

function readCommand(delivery: Delivery, { command, queue }: CommandTaking): CommandHeaders {
  const found = decodeCommand(delivery.body)
  if (found !== command) throw new RevalError('MESSAGE_INVALID', `${queue} takes "${command}", "${found}" came`)
  const headers = decodeHeaders(delivery.attributes)
  if (headers === null) throw new RevalError('MESSAGE_WITHOUT_RUN', `"${command}" without the headers of a run`)
  if (headers.kind === 'command') return headers
  throw new RevalError('MESSAGE_HEADERS_INVALID', `"${command}" with the headers of ${headers.kind}`)
}
