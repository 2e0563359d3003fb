import { audit } from './run-ledger/audit.ts'
import { failures } from './run-ledger/failures.ts'
import { keeping } from './run-ledger/keeping.ts'
import { likeAModel } from './run-ledger/model.ts'
import type { LedgerCapabilities, LedgerFactory } from './run-ledger/place.ts'
import { records } from './run-ledger/records.ts'

export type { LedgerCapabilities, LedgerFactory, LedgerPlace } from './run-ledger/place.ts'

/** What every RunLedger does. */
export function runLedgerContract(factory: LedgerFactory, capabilities: LedgerCapabilities): void {
  records(factory, capabilities)
  failures(factory)
  audit(factory)
  keeping(factory, capabilities)
  likeAModel(factory)
}
