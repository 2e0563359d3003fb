import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import { storeFault } from '../../index-store/opensearch/faults.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'

/** How long the engine searches for a list. Somebody waits for it. */
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
  /** The rows from the first one on that one search reaches. */
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

  /** The answer of all shards in time; otherwise rejects STORE_FAILED, transient: part of it would pass for a shorter list. */
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

/** An error of the engine, as one of the port. A search that ran out of time is one of its own, with status 500. */
export function listFault(error: unknown, generation: GenerationId): unknown {
  const fault = storeFault(error, generation)
  if (!(fault instanceof EngineFault) || fault.transient || (fault.status ?? 0) < 500) return fault
  return new RevalError(fault.code, fault.message, { cause: fault, transient: true })
}
