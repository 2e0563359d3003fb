import { londonDay, type Day } from '../../domain/day.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { decodeCommand } from '../../messages/command.ts'
import { decodeHeaders, type CommandHeaders } from '../../messages/headers.ts'
import type { Consumer, Delivery, Queue } from '../../ports/broker.ts'
import type { ClaimedStage, ServiceName } from '../../ports/run-ledger.ts'
import { claimStage, type HeldClaim } from '../lease/claim.ts'
import type { SyncContext } from '../context.ts'
import { DeliveryEnds } from '../receive/delivery-ends.ts'
import { persist } from '../wait/persist.ts'
import { readInstallation } from '../records.ts'
import { commandQueueOf, STAGE_FACTS } from '../stages.ts'
import { SendsWithoutRun } from './send-without-run.ts'

/** What a service does on the command of a stage. */
export interface CommandHandler {
  readonly service: ServiceName
  readonly stage: ClaimedStage
  /** Does the work of the claim, ends or fails it, and releases it. `signal` is aborted when the service stops. */
  readonly work: (claim: HeldClaim, day: Day, signal: AbortSignal) => Promise<void>
  /**
   * The same for a Java integration service, which has no runs; never rejects. Without it, commands without a run are
   * refused.
   */
  readonly workWithoutRun?: (day: Day, signal: AbortSignal) => Promise<void>
}

/** Commands are acknowledged once claimed, long before the work is done, so one at a time is enough. */
const PREFETCH = 1
/**
 * How long a command is held while the ledger is away, before it is requeued: well below the consumer timeout of a
 * broker, and with few enough deliveries not to look like a message that kills its consumers.
 */
const HOLD_MS = 10 * 60_000

type RunOfCommand = Pick<CommandHeaders, 'run' | 'generation' | 'day'>

/**
 * Consumes the commands of one stage for one service: claims the stage, acknowledges the command, and works. A command
 * that cannot be claimed belongs to another process or to a run that is over, and is acknowledged too. Resolves once
 * the queue is consumed.
 *
 * A command without run headers is for the run that is in this stage, whose headers were lost on the way. While no run
 * is in progress, a Java integration service sent it. Such a command is acknowledged before the work is done, as the
 * Java services do: a send may take longer than the half hour that a broker waits for an acknowledgement. A crash loses
 * the command, as it does there, and the Java service has to send it again.
 */
export async function consumeCommands(context: SyncContext, handler: CommandHandler): Promise<Consumer> {
  const { broker, clock, events } = context
  const { service, stage, work, workWithoutRun } = handler
  const { command } = STAGE_FACTS[stage]
  const queue = commandQueueOf(stage, service)
  const stopping = new AbortController()
  /** What stopping waits for: commands being handled, and the work of claims. */
  const working = new Set<Promise<void>>()
  const withoutRun = new SendsWithoutRun()
  const ends = new DeliveryEnds(context, queue)

  const persistHolding = <T>(action: () => Promise<T>): Promise<T> => {
    const until = clock.monotonic() + HOLD_MS
    const shouldRetry = () => clock.monotonic() < until
    return persist(context, { doing: `handling ${command}`, signal: stopping.signal, shouldRetry }, action)
  }

  const untilEnded = (work: Promise<void>): void => {
    const done = work.finally(() => working.delete(done))
    working.add(done)
  }

  const begin = async ({ run, generation, day }: RunOfCommand): Promise<void> => {
    const attempt = context.newId()
    const claim = await persistHolding(() => claimStage(context, { run, generation, stage, service }, attempt))
    if (claim === null) return
    const done = work(claim, day, stopping.signal).catch((error: unknown) => {
      events.emit('warning', { doing: `working on ${stage}`, error: asRevalError(error) })
    })
    untilEnded(done)
  }

  const handle = async (delivery: Delivery): Promise<void> => {
    const headers = readCommand(delivery, queue, stage) ?? (await persistHolding(() => runInStage(context, stage)))
    if (headers !== null) return begin(headers)
    if (workWithoutRun === undefined) {
      const reason = `"${command}" without a run: ${service} does not work for a Java integration service`
      throw new RevalError('MESSAGE_PEER_UNSUPPORTED', reason)
    }
    withoutRun.begin((signal) => workWithoutRun(londonDay(clock.now()), signal))
  }

  const receive = async (delivery: Delivery): Promise<void> => {
    try {
      await handle(delivery)
    } catch (error) {
      await ends.failed(delivery, error)
      return
    }
    await ends.acknowledge(delivery)
  }

  const onTrouble = (error: RevalError) => events.emit('warning', { doing: `consuming ${queue}`, error })
  const options = { prefetch: PREFETCH, onTrouble }
  const consumer = await broker.consume(queue, options, (delivery) => untilEnded(receive(delivery)))
  return {
    stop: async () => {
      stopping.abort(new RevalError('BROKER_CLOSED', `${service} is stopping`))
      await consumer.stop()
      while (working.size > 0) await Promise.all(working)
      await withoutRun.stop(`${service} is stopping`)
    },
  }
}

/** The headers of the command of a stage; null if it has none. */
function readCommand(delivery: Delivery, queue: Queue, stage: ClaimedStage): CommandHeaders | null {
  const { command } = STAGE_FACTS[stage]
  const found = decodeCommand(delivery.body)
  if (found !== command) throw new RevalError('MESSAGE_INVALID', `${queue} expects "${command}", got "${found}"`)
  const headers = decodeHeaders(delivery.attributes)
  if (headers === null || headers.kind === 'command') return headers
  throw new RevalError('MESSAGE_HEADERS_INVALID', `"${command}" with headers of kind ${headers.kind}`)
}

/**
 * The run that a command without headers is for; null while no run is in progress. Rejects MESSAGE_WITHOUT_RUN if the
 * run is in another stage: a Java integration service and a run of ours would mix.
 */
async function runInStage({ ledger }: SyncContext, stage: ClaimedStage): Promise<RunOfCommand | null> {
  const { currentRun } = await readInstallation(ledger)
  if (currentRun === null) return null
  const run = (await ledger.read('run', currentRun.id))?.value
  if (run?.state !== stage || run.generation === null) {
    const reason = `"${STAGE_FACTS[stage].command}" arrived without run headers while run ${currentRun.id} is in another stage`
    throw new RevalError('MESSAGE_WITHOUT_RUN', reason)
  }
  return { run: run.id, generation: run.generation, day: run.day }
}
