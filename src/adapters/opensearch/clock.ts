import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Finding } from '../../ports/finding.ts'
import { fail, ok, warn } from '../findings.ts'
import type { Engine } from './engine.ts'

interface NodeStats {
  readonly nodes?: Readonly<Record<string, { readonly timestamp?: unknown }>>
}

const AGREE_MS = 1_000
const DIFFER_MS = 5_000

/**
 * What time it is at the node that answers, in milliseconds since the epoch. Engines send no `Date` header; the figures
 * of a node's process say when they were taken, which costs nothing and needs the right to monitor only.
 */
export async function engineTime(engine: Engine, code: ErrorCode): Promise<number> {
  const query = { filter_path: 'nodes.*.timestamp' }
  const { nodes = {} } = await engine.get<NodeStats>('/_nodes/_local/stats/process', query, 'small')
  const timestamp = Object.values(nodes)[0]?.timestamp
  if (typeof timestamp === 'number') return timestamp
  throw new RevalError(code, 'the search engine does not report its time: no timestamp in _nodes/_local/stats')
}

const CLOCK = 'search engine clock'

/** How far the engine's clock is from this machine's: leases depend on the clocks of several machines. */
export async function inspectClocks(engine: Engine, now: () => number): Promise<Finding> {
  try {
    const asked = now()
    const theirs = await engineTime(engine, 'LEDGER_FAILED')
    return findingOfClocks(theirs - (asked + now()) / 2)
  } catch (error) {
    const { message, remedy } = asRevalError(error, 'LEDGER_FAILED')
    return warn(CLOCK, `could not be compared with this machine: ${message}`, remedy)
  }
}

/** The finding for an engine's clock that is this many milliseconds ahead of this machine's. */
export function findingOfClocks(ahead: number): Finding {
  const apart = Math.abs(ahead)
  const found = `${(apart / 1_000).toFixed(1)} s ${ahead < 0 ? 'behind' : 'ahead of'} this machine`
  if (apart < AGREE_MS) return ok(CLOCK, found)
  const remedy = 'Synchronise the clocks of both machines (NTP); leases depend on them.'
  return apart < DIFFER_MS ? warn(CLOCK, found, remedy) : fail(CLOCK, found, remedy)
}
