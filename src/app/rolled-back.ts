import type * as z from 'zod'
import type { RunLedger } from '../ports/run-ledger.ts'
import { readInstallation } from '../sync/records.ts'
import { instant } from './json/parts.ts'
import type { ROLLED_BACK } from './json/results.ts'

/** What a rollback led to, as read after it. */
export async function readRolledBack(ledger: RunLedger): Promise<z.infer<typeof ROLLED_BACK>> {
  const { live, previous, java } = await readInstallation(ledger)
  const isJava = live !== null && live.generation === java?.generation
  const run = isJava ? await ledger.read('run', live.run) : null
  return { live, previous, asOf: instant(run?.value.finishedAt ?? null) }
}
