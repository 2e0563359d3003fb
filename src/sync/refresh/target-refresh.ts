import { inChunks } from '../../domain/chunks.ts'
import type { Row, RowId } from '../../domain/row.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId } from '../../ports/index-store.ts'
import { listWriters } from '../../ports/peers.ts'
import type { SyncContext } from '../context.ts'
import type { KeyScope } from './key-scope.ts'
import { KnownFailures } from './known-failures.ts'
import type { Refreshed, RefreshTarget } from './refresh.ts'
import type { RowOrigins } from './row-origins.ts'
import { RowReading } from './row-reading.ts'
import { RowWriting, type RowChange } from './row-writing.ts'
import type { ScopedTarget } from './scope-reading.ts'
import type { SourceRecords } from './source-reading.ts'
import { unknownKeys } from './unknown-keys.ts'
import type { WantedRows } from './wanted-rows.ts'

export type RefreshContext = Pick<SyncContext, 'store' | 'ledger' | 'clock' | 'settings' | 'events'>

/** More conflicts in a row than this are a fault rather than contention. */
const TRIES = 10

/** What is known of a generation from one refresh to the next. */
export class GenerationMemory {
  readonly failures: KnownFailures
  /** Whether everything written to it can be found by number. */
  isVisible = false
  /** What was written by refreshes that then failed: the next one may not find all of these rows again. */
  untold = new Map<RowId, RowChange>()
  /** Rows of requests that had no answer: their tables may be ahead of the master. */
  readonly unanswered = new Set<RowId>()

  constructor(context: RefreshContext, generation: GenerationId) {
    this.failures = new KnownFailures(context, generation)
  }
}

/** One refresh in one generation. An error ends it with that result, and no other. */
export class TargetRefresh implements ScopedTarget {
  /** Null until it is over. */
  result: PromiseSettledResult<Refreshed> | null = null
  readonly #context: RefreshContext
  readonly #target: RefreshTarget
  readonly #memory: GenerationMemory
  readonly #writing: RowWriting
  readonly #mends: boolean
  #reading: RowReading
  #tries = 0

  constructor(
    context: RefreshContext,
    target: RefreshTarget,
    memory: GenerationMemory,
    { origins, mendTables }: { readonly origins: RowOrigins; readonly mendTables: boolean },
  ) {
    const { store, settings } = context
    this.#context = context
    this.#target = target
    this.#memory = memory
    this.#mends = mendTables
    this.#reading = new RowReading(store, target.generation)
    this.#writing = new RowWriting(store, target.generation, {
      rowsPerWrite: settings.rowsPerWrite,
      changes: memory.untold,
      unanswered: memory.unanswered,
      origins,
      beforeWrite: () => {
        memory.isVisible = false
      },
    })
  }

  get day() {
    return this.#target.day
  }

  /** Starts to read, or starts over. */
  async begin(): Promise<void> {
    this.#reading = new RowReading(this.#context.store, this.#target.generation)
    // What an earlier writer wrote, or an earlier refresh that failed. A later try finds its rows by id.
    if (this.#tries === 0) await this.#unlessFailed(() => this.#makeVisible())
    this.#tries += 1
  }

  isRead(scope: KeyScope): boolean {
    return this.#reading.isComplete(scope)
  }

  read(scope: KeyScope): Promise<void> {
    return this.#unlessFailed(() => this.#reading.read(scope))
  }

  /** Writes what differs from the rows read. If it has no result afterwards, all must be read again. */
  write(scope: KeyScope, records: SourceRecords, wanted: WantedRows): Promise<void> {
    return this.#unlessFailed(async () => {
      const isWritten = await this.#writing.write(this.#reading.rows, wanted.rows)
      if (isWritten) this.result = { status: 'fulfilled', value: await this.#finish(scope, records, wanted) }
      else if (this.#tries === TRIES) {
        const what = `rows of generation ${this.#target.generation} changed again and again while they were refreshed`
        throw new RevalError('STORE_FAILED', what, { transient: true })
      }
    })
  }

  async #finish(scope: KeyScope, records: SourceRecords, wanted: WantedRows): Promise<Refreshed> {
    const { changes } = this.#writing
    const failed = [...wanted.refused, ...this.#writing.refused]
    await this.#mendTables(scope)
    await this.#makeVisible()
    const added = await this.#memory.failures.update(scope, this.#target.run, failed)
    this.#memory.untold = new Map()
    for (const row of added) this.#context.events.emit('row.failed', { row })
    const before = this.#reading.rows.map(({ row }) => row)
    const rows = new Map<RowId, Row | null>(before.map((row) => [row.id, row]))
    for (const { id, after } of changes) rows.set(id, after)
    const unknown = unknownKeys(scope.given, records, [
      ...before,
      ...changes.flatMap((change) => change.before?.row ?? []),
    ])
    return { changes, rows: [...rows.values()].filter((row) => row !== null), failed, unknown }
  }

  /**
   * Where a write was begun and the sources changed back, nothing was written now, and a table has what the master has not. A Java
   * service may have made rows of the same people, when somebody connected or disconnected a doctor in it.
   */
  async #mendTables(scope: KeyScope): Promise<void> {
    const { store, settings } = this.#context
    const { unanswered } = this.#memory
    const ids = [...unanswered.union(this.#toMend(scope))]
    // A Java service looks for the rows of what is announced next, and would write to those that it still finds.
    if (ids.length > 0) this.#memory.isVisible = false
    for (const some of inChunks(ids, settings.rowsPerWrite)) await store.mendTables(this.#target.generation, some)
    unanswered.clear()
  }

  #toMend({ rowIds }: KeyScope): ReadonlySet<RowId> {
    if (listWriters(this.#context.settings.javaPeers).length > 0) return rowIds
    return this.#mends ? rowIds.difference(new Set(this.#writing.changes.map(({ id }) => id))) : new Set()
  }

  async #makeVisible(): Promise<void> {
    if (this.#memory.isVisible) return
    await this.#context.store.makeVisible(this.#target.generation)
    this.#memory.isVisible = true
  }

  /** An error is the result. */
  async #unlessFailed(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (reason) {
      this.result = { status: 'rejected', reason }
    }
  }
}
