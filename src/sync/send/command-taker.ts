import { londonDay, type Day } from '../../domain/day.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { decodeCommand, type Command } from '../../messages/command.ts'
import { decodeHeaders, type CommandHeaders } from '../../messages/headers.ts'
import type { Consumer, Delivery, Queue } from '../../ports/broker.ts'
import type { ClaimedStage, ServiceName } from '../../ports/run-ledger.ts'
import { takeClaim, type HeldClaim } from '../lease/claim.ts'
import type { SyncContext } from '../context.ts'
import { DeliveryEnds } from '../receive/delivery-ends.ts'
import { persist } from '../wait/persist.ts'
import { readInstallation } from '../records.ts'
import { SendingsWithoutRun } from './send-without-run.ts'

/** Which command of which queue makes a service take which stage, and what it does then. */
export interface CommandTaking {
  readonly service: ServiceName
  readonly stage: ClaimedStage
  readonly queue: Queue
  readonly command: Command
  /** Does the work of the claim, and ends or fails it, and releases it. `signal` is aborted when the service stops. */
  readonly work: (claim: HeldClaim, day: Day, signal: AbortSignal) => Promise<void>
  /** The same for an integration of the reference, which has no runs; null where that cannot be served. */
  readonly workWithoutRun: ((day: Day, signal: AbortSignal) => Promise<void>) | null
}

/** Commands wait for nobody's work: they are acknowledged once claimed, long before it is done. */
const PREFETCH = 1
/**
 * A command is held for so long while the ledger is away, then given back: well within the time after which a broker
 * takes its consumer for dead, and few enough deliveries that it is not taken for a message that kills its consumers.
 */
const HOLD_MS = 10 * 60_000

type RunOfCommand = Pick<CommandHeaders, 'run' | 'generation' | 'day'>

/**
 * Takes the commands of one queue: claims the stage, acknowledges, and works. A command that cannot be claimed is
 * somebody else's or of a run that is over, and is acknowledged too. Resolves once the queue is consumed.
 *
 * A command without run headers is for the run that is in this very stage, whose headers were lost on the way; where
 * no run is in progress an integration of the reference has sent it. What that asks for is acknowledged before it is
 * done, as the reference's services do: a broker waits half an hour for an acknowledgement and no sending need be over
 * by then. A crash loses it as it does there; the one who asked asks again.
 */
export async function takeCommands(context: SyncContext, taking: CommandTaking): Promise<Consumer> {
  const { clock, events } = context
  const { service, stage } = taking
  const stopping = new AbortController()
  const working = new Set<Promise<void>>()
  const withoutRun = new SendingsWithoutRun(context)
  const ends = new DeliveryEnds(context, taking.queue)

  const whileAway = <T>(action: () => Promise<T>): Promise<T> => {
    const until = clock.monotonic() + HOLD_MS
    const holding = {
      doing: `handling ${taking.command}`,
      signal: stopping.signal,
      shouldRetry: () => clock.monotonic() < until,
    }
    return persist(context, holding, action)
  }

  const begin = async ({ run, generation, day }: RunOfCommand): Promise<void> => {
    const attempt = context.newId()
    const claim = await whileAway(() => takeClaim(context, { run, generation, stage, service }, attempt))
    if (claim === null) return
    const work = taking
      .work(claim, day, stopping.signal)
      .catch((error: unknown) => {
        events.emit('trouble', { doing: `working on ${stage}`, error: asRevalError(error) })
      })
      .finally(() => working.delete(work))
    working.add(work)
  }

  const take = async (delivery: Delivery): Promise<void> => {
    const headers = readCommand(delivery, taking) ?? (await whileAway(() => runWithoutHeaders(context, taking)))
    if (headers !== null) return begin(headers)
    const { workWithoutRun } = taking
    if (workWithoutRun === null) throw unsupported(taking)
    withoutRun.begin(`sending ${stage} to a Java integration service`, () =>
      workWithoutRun(londonDay(clock.now()), stopping.signal),
    )
  }

  const onTrouble = (error: RevalError) => events.emit('trouble', { doing: `consuming ${taking.queue}`, error })
  const consumer = await context.broker.consume(taking.queue, { prefetch: PREFETCH, onTrouble }, async (delivery) => {
    try {
      await take(delivery)
    } catch (error) {
      await ends.failed(delivery, error)
      return
    }
    await ends.acknowledge(delivery)
  })
  return {
    stop: async () => {
      stopping.abort(new RevalError('BROKER_CLOSED', `${service} is stopping`))
      await consumer.stop()
      await Promise.all([...working, withoutRun.ended()])
    },
  }
}

/** The headers of a command; null where it has none. */
function readCommand(delivery: Delivery, { command, queue }: CommandTaking): CommandHeaders | null {
  const found = decodeCommand(delivery.body)
  if (found !== command) throw new RevalError('MESSAGE_INVALID', `${queue} expects "${command}", got "${found}"`)
  const headers = decodeHeaders(delivery.attributes)
  if (headers === null || headers.kind === 'command') return headers
  throw new RevalError('MESSAGE_HEADERS_INVALID', `"${command}" with headers of kind ${headers.kind}`)
}

/**
 * The run that a command without headers is for; null where no run is in progress. Rejects MESSAGE_WITHOUT_RUN where
 * one is, in another stage: two who lead at once would mix what is sent.
 */
async function runWithoutHeaders(
  { ledger }: SyncContext,
  { command, stage }: CommandTaking,
): Promise<RunOfCommand | null> {
  const { currentRun } = await readInstallation(ledger)
  if (currentRun === null) return null
  const run = (await ledger.read('run', currentRun.id))?.value
  if (run?.state !== stage || run.generation === null) {
    const reason = `"${command}" arrived without run headers while run ${currentRun.id} is in another stage`
    throw new RevalError('MESSAGE_WITHOUT_RUN', reason)
  }
  return { run: run.id, generation: run.generation, day: run.day }
}

function unsupported({ command, service }: CommandTaking): RevalError {
  const reason = `"${command}" without a run: the lists of ${service} are views, there is nothing to rebuild`
  return new RevalError('MESSAGE_PEER_UNSUPPORTED', reason)
}
