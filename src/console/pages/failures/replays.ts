import { maskedReason } from '../../../errors/masked.ts'
import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import type { SyncContext } from '../../../sync/context.ts'
import type { FailureStores } from '../../../sync/failures/find-failures.ts'
import { replayFailures, type Replayed } from '../../../sync/failures/replay.ts'
import { askResync } from '../../../sync/resync/ask-resync.ts'
import { RESYNC_TIMEOUT_MS } from '../../../app/http/resync-routes.ts'

/** Replays that pages asked for. A long one goes on in the background, until the server closes. */
export class Replays {
  readonly #context: SyncContext
  readonly #stores: FailureStores & Pick<SyncContext, 'clock'>
  readonly #wake: () => void
  readonly #stopping = new AbortController()
  readonly #going = new Set<Promise<unknown>>()

  constructor(context: SyncContext, stores: FailureStores, wake: () => void) {
    this.#context = context
    this.#stores = { ...stores, clock: context.clock }
    this.#wake = wake
  }

  /** The results; null if it takes longer than `waitMs`, and then goes on. Rejects as `replayFailures` does until then. */
  async of(
    ids: readonly string[],
    by: string,
    { waitMs, onLateError }: { readonly waitMs: number; readonly onLateError: (code: string, reason: string) => void },
  ): Promise<readonly Replayed[] | null> {
    const { signal } = this.#stopping
    const replaying = replayFailures(
      this.#stores,
      { ids },
      {
        by,
        why: '',
        resync: (scope) =>
          askResync(this.#context, { scope, by, why: '', timeoutMs: RESYNC_TIMEOUT_MS }, signal, this.#wake),
      },
    )
    this.#going.add(replaying)
    const waiting = new AbortController()
    const late = this.#context.clock.wait(waitMs, waiting.signal).then(() => null)
    try {
      const result = await Promise.race([replaying, late])
      if (result === null) {
        replaying.catch((error: unknown) => {
          const { code, message } = asRevalError(error)
          onLateError(code, maskedReason(code, message))
        })
      }
      return result
    } finally {
      waiting.abort()
      void replaying.catch(() => undefined).finally(() => this.#going.delete(replaying))
    }
  }

  /** Stops waiting for the writer, which finishes what it was asked. */
  async stop(): Promise<void> {
    this.#stopping.abort(new RevalError('INTERRUPTED', 'the process stops'))
    await Promise.allSettled(this.#going)
  }
}

/** The results of trying failures again, in a sentence. */
export function replayedInWords(replayed: readonly Replayed[]): string {
  const number = (outcome: Replayed['outcome']) => replayed.filter((each) => each.outcome === outcome).length
  const parts = (
    [
      ['done', 'settled'],
      ['failed', 'failed again'],
      ['left to the run', 'left to the run in progress'],
      ['no keys', 'left, because they name no doctor or trainee'],
    ] as const
  ).flatMap(([outcome, words]) =>
    number(outcome) === 0 ? [] : [`${number(outcome).toLocaleString('en-GB')} ${words}`],
  )
  return `Tried again: ${parts.join(', ')}.`
}
