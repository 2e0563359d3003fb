import type { TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { encodeHeaders, type DataHeaders } from '../../../src/messages/headers.ts'
import { digestOfDoctors } from '../../../src/messages/digest.ts'
import { decodeDoctors, encodeDoctor, encodeDoctorsEnd } from '../../../src/messages/doctor.ts'
import { messageOf } from '../../../src/messages/decoded-rows.ts'
import type { Broker, Delivery, OutgoingMessage } from '../../../src/ports/broker.ts'
import type { SendStage } from '../../../src/ports/run-ledger.ts'
import type { RevalError } from '../../../src/errors/reval-error.ts'
import type { DoctorRow } from '../../../src/domain/doctor.ts'
import { receiveDoctors, type JoinTarget } from '../../../src/sync/receive/receive-rows.ts'
import { Receiver, type Receiving, type ReceivingRun, type UnprovedTarget } from '../../../src/sync/receive/receiver.ts'
import { RowSample } from '../../../src/sync/receive/row-sample.ts'
import { StageManifest, type MessageAccount } from '../../../src/sync/receive/stage-manifest.ts'
import { UnprovedSender } from '../../../src/sync/receive/unproved-sender.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aDoctor } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS, storeFor, workspaceFor } from '../a-context.ts'
import { aRun } from '../examples.ts'
import { Log } from '../log.ts'

export const PLACE = { run: 'run-1', generation: 'g-1', attempt: 'a-1' } as const

export function doctor(storedId: string): DoctorRow {
  return { doctor: aDoctor({ gmcReferenceNumber: storedId }), outcome: null }
}

/** A data message of these doctors. */
export function message(
  sequence: number,
  numbers: readonly string[],
  differing: Partial<DataHeaders> = {},
): OutgoingMessage {
  const rows = numbers.map(doctor)
  const headers = { kind: 'data', ...PLACE, sequence, rows: rows.length, digest: digestOfDoctors(rows) } as const
  return { body: messageOf(rows.map(encodeDoctor)), attributes: encodeHeaders({ ...headers, ...differing }) }
}

export function endMessage(run: string = PLACE.run): OutgoingMessage {
  const totals = { messages: 1, rows: 1, failedRows: 0 }
  return { body: encodeDoctorsEnd(), attributes: encodeHeaders({ kind: 'end', ...PLACE, run, totals }) }
}

/** A run as a receiver sees it; every call to it is in the log. */
export class LoggedRun implements ReceivingRun {
  readonly manifest = new StageManifest(PLACE.attempt)
  readonly accounts: MessageAccount[] = []
  /** Null once the generation is no longer building. */
  target: JoinTarget | null
  unproved: UnprovedTarget | null = null
  readonly #log: Log

  constructor(target: JoinTarget, log: Log) {
    this.target = target
    this.#log = log
  }

  accepts(_stage: SendStage, { run, generation, attempt }: Pick<DataHeaders, 'run' | 'generation' | 'attempt'>) {
    const isOurs = run === PLACE.run && generation === PLACE.generation && attempt === PLACE.attempt
    return Promise.resolve(isOurs && this.target !== null)
  }

  unprovedTarget() {
    return Promise.resolve(this.unproved)
  }

  wasLate(): void {
    this.#log.add('late')
  }

  targetOf(generation: string) {
    return generation === PLACE.generation ? this.target : null
  }

  count(_stage: SendStage, _generation: string, accounts: readonly MessageAccount[]): void {
    for (const account of accounts) {
      this.accounts.push(account)
      this.#log.add(this.manifest.add(account) ? `counted ${account.sequence}` : `counted ${account.sequence} before`)
    }
  }

  async ended(_stage: SendStage, unproved: UnprovedTarget | null): Promise<void> {
    this.#log.add(unproved === null ? 'ended' : 'ended without headers')
  }

  failed(_generation: string, { code }: RevalError): void {
    this.#log.add(`run failed: ${code}`)
  }
}

/** Runs before an operation of a backend: may reject, or delay it. */
export interface Faults {
  write: () => Promise<void>
  record: () => Promise<void>
  acknowledge: () => Promise<void>
}

/** A receiver of doctors on real backends, each step of which is in the log; it has started. */
export async function receiving(
  t: TestContext,
  {
    settings = {},
    receive = {},
  }: { settings?: Partial<typeof SETTINGS>; receive?: Partial<Receiving<DoctorRow>> } = {},
) {
  const log = new Log()
  const nothing = () => Promise.resolve()
  const faults: Faults = { write: nothing, record: nothing, acknowledge: nothing }
  const clock = new ManualClock()
  const store = altered(await storeFor(t), {
    write: (own) => async (generation, writes, guard) => {
      await faults.write()
      const outcomes = await own(generation, writes, guard)
      log.add(`written ${writes.length}`)
      return outcomes
    },
  })
  await store.createGeneration({ id: PLACE.generation, createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  const ledger = altered(await ledgerFor(t), {
    addFailures: (own) => async (failures) => {
      await faults.record()
      await own(failures)
      log.add(`recorded ${failures.length}`)
    },
  })
  const broker = logged(brokerFor(t, clock), log, faults)
  const context = aContext({ clock, store, ledger, broker, settings: { ...SETTINGS, ...settings } })
  context.events.on('warning', ({ doing, error }) => log.add(`trouble ${doing}: ${error.code}`))
  context.events.on('row.failed', ({ row }) => log.add(`told ${row.key}`))
  const target = { workspace: await workspaceFor(t), store, generation: PLACE.generation, sample: new RowSample(10) }
  const run = new LoggedRun(target, log)
  const doctors = { stage: 'doctors', decode: decodeDoctors, digestOf: digestOfDoctors, apply: receiveDoctors } as const
  const consumer = await new Receiver(context, { ...doctors, ...receive }, run).start()
  t.after(() => consumer.stop())
  const send = (...messages: readonly OutgoingMessage[]) =>
    Promise.all(messages.map((each) => broker.publish('doctorData', each)))
  return { log, faults, clock, ledger, broker, run, consumer, send }
}

/** A sender without headers, whose messages belong to the run or to none. */
export function withoutHeaders(clock: ManualClock, belongsToRun: boolean): UnprovedTarget {
  return { sender: new UnprovedSender(clock, aRun({ generation: PLACE.generation })), belongsToRun }
}

/** The broker, with every end of a delivery in the log. */
function logged(broker: Broker, log: Log, faults: Faults): Broker {
  const loggedDelivery = (delivery: Delivery): Delivery => ({
    body: delivery.body,
    attributes: delivery.attributes,
    deliveries: delivery.deliveries,
    sentAt: delivery.sentAt,
    acknowledge: async () => {
      await faults.acknowledge()
      await delivery.acknowledge()
      log.add('acknowledged')
    },
    giveBack: async (delay) => {
      await delivery.giveBack(delay)
      log.add('given back')
    },
    deadLetter: async (code, reason) => {
      await delivery.deadLetter(code, reason)
      log.add(`refused ${code}`)
    },
  })
  return altered(broker, {
    consume: (own) => (queue, options, handler) => own(queue, options, (each) => handler(loggedDelivery(each))),
  })
}
