import { inChunks } from '../../domain/chunks.ts'
import { hintedKeyText } from '../../messages/hint.ts'
import { listWriters } from '../../ports/peers.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { WriterContext } from '../lease/writer.ts'
import { KEYS_AT_A_TIME, type ChangeApplier } from '../refresh/apply-changes.ts'
import { WorkBeside } from './work-beside.ts'

/** More keys are not remembered, so that memory stays flat: a Java service that is behind may then keep older rows. */
const MOST_KEYS = 100_000

/**
 * Announces the rows of keys that changed during a run once more after its promotion: a Java service that writes lists may have
 * older messages of them in its queue, and write what they say over the new tables. The keys are in memory: a writer that dies
 * before they are announced leaves that to the next sync, or to `reval verify --repair`.
 */
export class AnnouncingAgain {
  readonly #context: WriterContext
  readonly #applier: Pick<ChangeApplier, 'apply'> | null
  readonly #isNeeded: boolean
  /** Changed during the run in progress. */
  #changed = new Map<string, ChangedKey>()
  /** Of runs that were promoted, not yet announced again. */
  #owed = new Map<string, ChangedKey>()
  #work: WorkBeside<void> | null = null

  constructor(context: WriterContext, applier: Pick<ChangeApplier, 'apply'> | null) {
    this.#context = context
    this.#applier = applier
    this.#isNeeded = listWriters(context.settings.javaPeers).length > 0
  }

  /** Keys changed while a run was in progress. */
  changed(keys: readonly ChangedKey[]): void {
    if (!this.#isNeeded) return
    for (const key of keys) if (this.#changed.size < MOST_KEYS) this.#changed.set(hintedKeyText(key), key)
  }

  /** The run is over, and was not promoted. */
  forget(): void {
    this.#changed.clear()
  }

  /** The run was promoted. The rows are announced beside other work: neither changes nor the next run wait for it. */
  async promoted(): Promise<void> {
    const applier = this.#applier
    if (applier === null || this.#changed.size === 0) return
    await this.stop()
    this.#owed = new Map([...this.#owed, ...this.#changed])
    this.#changed = new Map()
    const keys = [...this.#owed.values()]
    const doing = 'announcing again what changed during the run'
    const work: WorkBeside<void> = new WorkBeside(this.#context, {
      doing,
      attempt: async (onRows, signal) => {
        let announced = 0
        for (const some of inChunks(keys, KEYS_AT_A_TIME)) {
          signal.throwIfAborted()
          announced += (await applier.apply(some, 'catching up', 'all')).published
          onRows(announced)
        }
      },
      onEnd: () => {
        const { state } = work
        if (state.kind === 'done') this.#owed.clear()
        else if (state.kind === 'failed' && this.#work === work) {
          this.#context.events.emit('warning', { doing, error: state.error })
        }
      },
    })
    this.#work = work
  }

  /** Announces no more, once the batch in progress has ended. */
  async stop(): Promise<void> {
    const work = this.#work
    this.#work = null
    await work?.stop()
  }
}
