import type { TestContext } from 'node:test'
import type { SearchSettings } from '../../../src/adapters/opensearch/settings.ts'
import { openSearchRunLedger } from '../../../src/adapters/run-ledger/opensearch/open.ts'
import type { RunLedger } from '../../../src/ports/run-ledger.ts'
import { removeLedger, settingsOfItsOwn } from './search-place.ts'

/** Names of this test alone; what the ledger makes under them is removed when it ends. */
export function namesFor(t: TestContext): SearchSettings {
  const settings = settingsOfItsOwn()
  t.after(() => removeLedger(settings))
  return settings
}

export async function ledgerFor(t: TestContext, settings: SearchSettings): Promise<RunLedger> {
  const ledger = await openSearchRunLedger({ settings })
  t.after(() => ledger.close())
  return ledger
}
