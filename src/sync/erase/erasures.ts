import { ERASURES, type Erased, type Erasure } from '../../ports/erasure.ts'
import type { RunLedger, WriterRequest } from '../../ports/run-ledger.ts'
import { changeRecord } from '../records.ts'

/** How many erasures stay on record. */
const MOST_ERASURES = 10_000

/**
 * Records an erasure, unless an earlier attempt of the request did: that one found more. Resolves with the record.
 */
export async function recordErasure(
  { ledger }: { readonly ledger: RunLedger },
  { id, by, why, at }: Pick<WriterRequest, 'id' | 'by' | 'why' | 'at'>,
  erased: Erased,
): Promise<Erased> {
  const record = await changeRecord(ledger, 'erasures', ERASURES, (known) => {
    const erasures = known?.erasures ?? []
    if (erasures.some(({ request }) => request === id)) return null
    return { erasures: [{ request: id, by, why, at, erased }, ...erasures].slice(0, MOST_ERASURES) }
  })
  return record?.erasures.find(({ request }) => request === id)?.erased ?? erased
}

/** Newest first. */
export async function readErasures(ledger: RunLedger): Promise<readonly Erasure[]> {
  return (await ledger.read('erasures', ERASURES))?.value.erasures ?? []
}
