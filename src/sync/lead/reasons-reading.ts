import { exceptionReason } from '../../domain/exception-reason.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { RunWorkspace } from '../../ports/run-workspace.ts'
import type { ExceptionSource } from '../../ports/sources.ts'
import type { WriterContext } from '../lease/writer.ts'
import { persist } from '../wait/persist.ts'

/** Whether all reasons have been read. */
export type ReasonsState =
  | { readonly kind: 'reading' }
  | { readonly kind: 'done'; readonly read: number; readonly edition: string | null }
  | { readonly kind: 'failed'; readonly error: RevalError }

/**
 * Reads the exception reasons into the workspace while trainees are received. After a transient error it
 * starts over, for as long as a stage may make no progress.
 */
export class ReasonsReading {
  readonly #context: WriterContext
  readonly #source: ExceptionSource
  readonly #workspace: RunWorkspace
  readonly #onEnd: () => void
  readonly #stopping = new AbortController()
  #reading: Promise<void> | null = null
  #state: ReasonsState = { kind: 'reading' }

  /** `onEnd` is called once reading is done or has failed. */
  constructor(context: WriterContext, source: ExceptionSource, workspace: RunWorkspace, onEnd: () => void) {
    this.#context = context
    this.#source = source
    this.#workspace = workspace
    this.#onEnd = onEnd
  }

  /** Starts to read. Idempotent. */
  start(): void {
    this.#reading ??= this.#readAll()
  }

  get state(): ReasonsState {
    return this.#state
  }

  /** Stops reading, and resolves when it has stopped. */
  async stop(): Promise<void> {
    this.#stopping.abort(new RevalError('RUN_OVER', 'the reasons are no longer needed'))
    await this.#reading
  }

  async #readAll(): Promise<void> {
    const { clock, settings } = this.#context
    const { signal } = this.#stopping
    let movedAt = clock.monotonic()
    const shouldRetry = () => clock.monotonic() - movedAt <= settings.stallMs
    try {
      this.#state = await persist(this.#context, { doing: 'reading the reasons', signal, shouldRetry }, () =>
        this.#readOnce(() => {
          signal.throwIfAborted()
          movedAt = clock.monotonic()
        }),
      )
    } catch (error) {
      this.#state = { kind: 'failed', error: asRevalError(error) }
    }
    this.#onEnd()
  }

  async #readOnce(moved: () => void): Promise<ReasonsState> {
    await using snapshot = await this.#source.snapshot()
    await this.#workspace.clearReasons()
    let read = 0
    for await (const batch of snapshot.batches(this.#context.settings.rowsPerWrite)) {
      moved()
      await this.#workspace.addReasons(batch.flatMap(({ storedId, reason }) => exceptionReason(storedId, reason) ?? []))
      read += batch.length
    }
    return { kind: 'done', read, edition: snapshot.edition }
  }
}
