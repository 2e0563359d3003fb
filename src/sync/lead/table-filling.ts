import type { Day } from '../../domain/day.ts'
import { LIST_NAMES } from '../../domain/lists.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import type { StageProgress } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { WorkBeside } from './work-beside.ts'

export type FillingState =
  | { readonly kind: 'waiting' | 'complete'; readonly progress: Pick<StageProgress, 'rows' | 'expected'> }
  | { readonly kind: 'restart'; readonly reason: string }

/** Fills the tables of a generation, beside the conductor, once all of its rows are written. */
export class TableFilling {
  readonly #context: WriterContext
  readonly #generation: GenerationId
  readonly #day: Day
  readonly #onEnd: () => void
  #filling: WorkBeside<void> | null = null
  #expected: number | null = null

  /** `onEnd` is called once the tables are filled, or filling has failed. */
  constructor(
    context: WriterContext,
    { generation, day }: { readonly generation: GenerationId; readonly day: Day },
    onEnd: () => void,
  ) {
    this.#context = context
    this.#generation = generation
    this.#day = day
    this.#onEnd = onEnd
  }

  /** Starts to fill. Idempotent. */
  start(): void {
    this.#filling ??= new WorkBeside(this.#context, {
      doing: 'filling the tables of the lists',
      attempt: (onRows, signal) => this.#fill(onRows, signal),
      onEnd: this.#onEnd,
    })
  }

  /** How far it is. Throws why it failed. */
  get state(): FillingState {
    const state = this.#filling?.state ?? { kind: 'working', rows: 0 }
    if (state.kind === 'failed') throw state.error
    const expected = this.#expected
    if (state.kind === 'done') return { kind: 'complete', progress: { rows: expected ?? 0, expected } }
    if (this.#filling?.hasStalled === true) {
      const seconds = Math.round(this.#context.settings.stallMs / 1000)
      return { kind: 'restart', reason: `no row of the tables was filled for ${seconds} s` }
    }
    return { kind: 'waiting', progress: { rows: state.rows, expected } }
  }

  /** Stops filling, and resolves when it has stopped. */
  async stop(): Promise<void> {
    await this.#filling?.stop()
  }

  async #fill(onRows: (rows: number) => void, signal: AbortSignal): Promise<void> {
    const { store } = this.#context
    const { indexes } = await store.count(this.#generation, this.#day)
    this.#expected = LIST_NAMES.reduce((sum, list) => sum + indexes[list], 0)
    await store.fillTables(this.#generation, { signal, onRows })
  }
}
