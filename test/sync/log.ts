import { within } from '../contract/broker/inbox.ts'

/** What happens in a test, in order; a test waits for an entry rather than for a time. */
export class Log {
  readonly entries: string[] = []
  #watchers: (() => void)[] = []

  add(entry: string): void {
    this.entries.push(entry)
    for (const watcher of this.#watchers.splice(0)) watcher()
  }

  /** Resolves once an entry has occurred this many times. */
  async until(entry: string, times = 1): Promise<void> {
    const isThere = () => this.entries.filter((each) => each === entry).length >= times
    while (!isThere()) {
      const next = new Promise<void>((resolve) => this.#watchers.push(resolve))
      await within(next, `"${entry}" after ${this.entries.join(', ')}`)
    }
  }
}
