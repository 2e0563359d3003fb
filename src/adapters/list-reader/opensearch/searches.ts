import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import { storeFault } from '../../index-store/opensearch/faults.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'

/** How long the engine may search for a list. It is short because a person waits. */
const TIME = '5s'

interface Answer {
  readonly timed_out?: boolean
  readonly _shards?: { readonly failed?: number }
}

/** Searches of one generation. */
export class Searches {
  readonly #engine: Engine
  readonly #generation: GenerationId
  readonly #alias: string
  /** How many rows from the start one search can reach. */
  readonly window: number

  constructor(
    engine: Engine,
    of: { readonly generation: GenerationId; readonly alias: string; readonly window: number },
  ) {
    this.#engine = engine
    this.#generation = of.generation
    this.#alias = of.alias
    this.window = of.window
  }

  /** Rejects STORE_FAILED, transient, unless all shards answer in time: a partial answer would look like a shorter list. */
  async search<Body>(body: object): Promise<Body> {
    try {
      const answer = await this.#engine.search<Body & Answer>(this.#alias, { timeout: TIME, ...body }, { kind: 'list' })
      if (answer.timed_out !== true && (answer._shards?.failed ?? 0) === 0) return answer
    } catch (error) {
      throw listFault(error, this.#generation)
    }
    const what = `a search of generation ${this.#generation} took more than ${TIME}, or a part of the index is away`
    throw new RevalError('STORE_FAILED', what, { transient: true })
  }
}

/** Maps an error of the engine to one of the port. A search that timed out is an error with status 500. */
export function listFault(error: unknown, generation: GenerationId): unknown {
  const fault = storeFault(error, generation)
  if (!(fault instanceof EngineFault) || fault.transient || (fault.status ?? 0) < 500) return fault
  return new RevalError(fault.code, fault.message, { cause: fault, transient: true })
}
