import type { WorkerBackends } from '../../src/app/backends.ts'
import type { ErrorCode } from '../../src/errors/codes.ts'
import { asRevalError, RevalError } from '../../src/errors/reval-error.ts'
import type { Broker } from '../../src/ports/broker.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Snapshot } from '../../src/ports/sources.ts'
import { altered } from './altered.ts'

/** Servers that can be away: the backends that stand for them; all sources count as one. */
export type Server = 'store' | 'ledger' | 'broker' | 'source'

const CODES: Readonly<Record<Server, ErrorCode>> = {
  store: 'STORE_FAILED',
  ledger: 'LEDGER_FAILED',
  broker: 'BROKER_FAILED',
  source: 'SOURCE_FAILED',
}

interface Consuming {
  readonly lose: () => void
  readonly resume: () => void
}

/** A period in which a server cannot be reached. */
export class Outage {
  readonly #server: Server
  readonly #consuming = new Set<Consuming>()
  #isOn = false
  /** How many calls met the outage. */
  calls = 0

  constructor(server: Server) {
    this.#server = server
  }

  /** The backends, with a server that is away while the outage lasts. */
  around(backends: WorkerBackends): WorkerBackends {
    switch (this.#server) {
      case 'store':
        return { ...backends, store: this.#unreachable(backends.store) }
      case 'ledger':
        return { ...backends, ledger: this.#unreachable(backends.ledger) }
      case 'broker':
        return { ...backends, broker: this.#unreachable(this.#interruptingConsumers(backends.broker)) }
      case 'source':
        return {
          ...backends,
          traineeSource: altered(backends.traineeSource, { snapshot: (own) => () => this.#open(own) }),
          doctorSource: altered(backends.doctorSource, { snapshot: (own) => () => this.#open(own) }),
          exceptionSource: altered(backends.exceptionSource, { snapshot: (own) => () => this.#open(own) }),
        }
    }
  }

  begin(): void {
    this.#isOn = true
    for (const { lose } of this.#consuming) lose()
  }

  end(): void {
    this.#isOn = false
    for (const { resume } of this.#consuming) resume()
  }

  /** Lasts this long; starts only once, however often it is called. */
  async last(clock: Clock, milliseconds: number): Promise<void> {
    if (this.#isOn || this.calls > 0) return
    this.begin()
    await clock.wait(milliseconds, AbortSignal.timeout(30_000))
    this.end()
  }

  #check(): void {
    if (!this.#isOn) return
    this.calls += 1
    throw this.#error()
  }

  #error(): RevalError {
    return new RevalError(CODES[this.#server], `the ${this.#server} is away`, { transient: true })
  }

  #unreachable<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        if (name === 'close' || name === 'documents') return member.bind(target) as unknown
        if (name === 'rows') {
          return (...values: unknown[]) =>
            this.#stream(() => Reflect.apply(member, target, values) as AsyncIterable<unknown>)
        }
        return async (...values: unknown[]): Promise<unknown> => {
          this.#check()
          return (await Reflect.apply(member, target, values)) as unknown
        }
      },
    })
  }

  async *#stream(open: () => AsyncIterable<unknown>): AsyncIterable<unknown> {
    this.#check()
    for await (const batch of open()) {
      yield batch
      this.#check()
    }
  }

  /** A consumer gets nothing while the connection is away, and continues on its own once it is back. */
  #interruptingConsumers(broker: Broker): Broker {
    return altered(broker, {
      consume: (own) => async (queue, options, handler) => {
        let consumer = await own(queue, options, handler)
        let changing: Promise<void> = Promise.resolve()
        const change = (action: () => Promise<void>) => {
          changing = changing.then(action).catch((error: unknown) => options.onTrouble(asRevalError(error)))
        }
        const consuming: Consuming = {
          lose: () =>
            change(async () => {
              await consumer.stop()
              options.onTrouble(this.#error())
            }),
          resume: () =>
            change(async () => {
              consumer = await own(queue, options, handler)
            }),
        }
        this.#consuming.add(consuming)
        return {
          stop: async () => {
            this.#consuming.delete(consuming)
            await changing
            await consumer.stop()
          },
        }
      },
    })
  }

  async #open<Row>(own: () => Promise<Snapshot<Row>>): Promise<Snapshot<Row>> {
    this.#check()
    const snapshot = await own()
    const check = () => this.#check()
    return {
      edition: snapshot.edition,
      expected: snapshot.expected,
      async *batches(size) {
        for await (const batch of snapshot.batches(size)) {
          check()
          yield batch
        }
      },
      [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
    }
  }
}
