import type { Config } from '../../config/config.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import type { Finding } from '../../ports/finding.ts'
import { hasViews } from '../../ports/index-store.ts'
import { listWriters } from '../../ports/peers.ts'
import { findGeneration } from '../../sync/generations.ts'
import { readInstallation } from '../../sync/records.ts'
import { backendsOf, type ReaderBackends } from '../backends.ts'

/**
 * Whether what is live suits the Java services that write lists: views refuse their writes, and a deletion takes master rows. Never
 * rejects; nothing is found if there are no such services.
 */
export async function liveListsFinding(config: Config): Promise<readonly Finding[]> {
  const writers = listWriters(config.javaPeers)
  if (writers.length === 0) return []
  const what = `live lists beside the Java ${writers.join(' and ')}`
  try {
    const backends = await (await backendsOf(config)).openReader(config)
    try {
      return [{ what, ...(await found(backends)) }]
    } finally {
      await backends.close()
    }
  } catch (error) {
    const { code, message } = asRevalError(error)
    return [{ what, status: 'warn', found: `unknown: ${code}: ${message}`, remedy: REMEDY }]
  }
}

const REMEDY =
  'Stop the Java recommendation and connection until a run with REVAL_LISTS=tables is live: reval sync. Views refuse their writes, and connection would delete master rows.'

async function found({ ledger, store }: ReaderBackends): Promise<Omit<Finding, 'what'>> {
  const { live } = await readInstallation(ledger)
  if (live === null) return { status: 'ok', found: 'nothing is live yet' }
  const generation = await findGeneration(store, live.generation)
  if (generation === undefined || !hasViews(generation)) return { status: 'ok', found: `${live.generation}: tables` }
  return { status: 'fail', found: `${live.generation}: views of the master index`, remedy: REMEDY }
}
