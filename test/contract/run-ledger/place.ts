import type { TestContext } from 'node:test'
import type { RunLedger } from '../../../src/ports/run-ledger.ts'

/** A ledger that no other test uses. */
export interface LedgerPlace {
  /** Another connection to the ledger; closed by its user or by `dispose`. */
  readonly open: () => Promise<RunLedger>
  /** Resolves when `runs` includes what was saved before. */
  readonly listsAreCurrent: () => Promise<void>
  /** Closes all connections and removes the ledger. */
  readonly dispose: () => Promise<void>
}

export type LedgerFactory = () => Promise<LedgerPlace>

/** What differs between ledgers. */
export interface LedgerCapabilities {
  /** `runs` may lag behind `read`. */
  readonly listsLag: boolean
}

/** A place for one test, disposed of afterwards. */
export async function openPlace(t: TestContext, factory: LedgerFactory): Promise<LedgerPlace> {
  const place = await factory()
  t.after(() => place.dispose())
  return place
}

export async function openLedger(t: TestContext, factory: LedgerFactory): Promise<RunLedger> {
  return (await openPlace(t, factory)).open()
}
