import type { GenerationId } from '../../src/ports/index-store.ts'
import type { RunLedger } from '../../src/ports/run-ledger.ts'
import { changeInstallation } from '../../src/sync/records.ts'

/** As if a change could not be written to a kept generation. */
export async function markStale(ledger: RunLedger, generation: GenerationId): Promise<void> {
  await changeInstallation(ledger, (known) => ({
    ...known,
    stale: { ...known.stale, [generation]: { reason: 'the test wants it', at: 1 } },
  }))
}
