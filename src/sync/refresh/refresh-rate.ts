/** The rate is taken over the last so many seconds. */
const WINDOW_S = 60

/** Keys refreshed per second, over the last minute in which there were any. Times are of the monotonic clock. */
export class RefreshRate {
  /** The keys of each second in which there were any. */
  #seconds: { readonly second: number; keys: number }[] = []

  add(at: number, keys: number): void {
    const second = Math.floor(at / 1_000)
    const last = this.#seconds.at(-1)
    if (last?.second === second) last.keys += keys
    else this.#seconds = [...this.#seconds.filter((each) => each.second > second - WINDOW_S), { second, keys }]
  }

  get perSecond(): number {
    const [first] = this.#seconds
    const last = this.#seconds.at(-1)
    if (first === undefined || last === undefined) return 0
    const keys = this.#seconds.reduce((sum, each) => sum + each.keys, 0)
    return Math.round((keys / (last.second - first.second + 1)) * 10) / 10
  }
}
