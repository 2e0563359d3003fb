import type { ResyncResult } from '../../../ports/run-ledger.ts'
import type { Done } from '../../frame/page.ts'
import { counted } from '../../words/numbers.ts'

/** What the banner says after a repair. */
export function repaired({ written, unknown, failed }: ResyncResult): NonNullable<Done['banner']> {
  if (failed.length > 0) {
    const why = failed.map(({ reason }) => reason).join('; ')
    return { kind: 'information', text: `The doctor was read again, but a row failed: ${why}.` }
  }
  if (unknown.length > 0) return { kind: 'information', text: 'No source has this doctor, and no list.' }
  return written === 0
    ? { kind: 'information', text: 'The doctor was read again. The lists were right, so nothing has changed.' }
    : { kind: 'success', text: `The doctor was read again, and ${counted(written, 'row was', 'rows were')} written.` }
}
