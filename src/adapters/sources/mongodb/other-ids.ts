import type { Clock } from '../../../ports/clock.ts'

export interface OtherIdsOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** How long what a scan found may be used, in milliseconds; 0 is never. */
  readonly keptMs: number
  readonly scan: () => Promise<readonly unknown[]>
}

/**
 * The ids of a collection that are not plain GMC numbers: few, but only a scan of all ids finds them. So a scan is used for
 * a while, together with the ids that were found by key meanwhile.
 */
export class OtherIds {
  readonly #options: OtherIdsOptions
  /** The last scan, by the monotonic clock. */
  #scan: { readonly startedAt: number; readonly ids: Promise<readonly unknown[]> } | null = null
  #found: { readonly at: number; readonly id: unknown }[] = []

  constructor(options: OtherIdsOptions) {
    this.#options = options
  }

  /** Scans at once if the ids must be those of now. */
  async ids(mustBeCurrent: boolean): Promise<readonly unknown[]> {
    const { clock, keptMs, scan } = this.#options
    const now = clock.monotonic()
    if (mustBeCurrent || this.#scan === null || now - this.#scan.startedAt >= keptMs) {
      const started = { startedAt: now, ids: scan() }
      this.#scan = started
      this.#found = this.#found.filter(({ at }) => at >= now)
      started.ids.catch(() => {
        if (this.#scan === started) this.#scan = null
      })
    }
    const scanned = await this.#scan.ids
    return [...scanned, ...this.#found.map(({ id }) => id)]
  }

  /** Ids that were found by key: the scan may be older than they are. */
  add(ids: readonly unknown[]): void {
    const at = this.#options.clock.monotonic()
    for (const id of ids) this.#found.push({ at, id })
  }
}
