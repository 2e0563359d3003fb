import { inChunks } from '../../domain/chunks.ts'
import type { RowDifference } from '../../domain/comparison.ts'
import type { RowId } from '../../domain/row.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import {
  FINDINGS_A_RECORD,
  findingsId,
  MOST_FINDINGS_RECORDS,
  type Finding,
  type Verification,
} from '../../ports/verification.ts'
import { changeRecord } from '../records.ts'

/** Further findings are only counted. */
export const MOST_FINDINGS = FINDINGS_A_RECORD * MOST_FINDINGS_RECORDS

/** How many rows are missing, surplus and different. */
export type FindingCounts = Pick<Verification, 'missing' | 'surplus' | 'different'>

export function differing({ missing, surplus, different }: FindingCounts): number {
  return missing + surplus + different
}

/** The rows of a verification that differ: the first ones with their ids, the others as numbers. */
export class FoundRows {
  readonly #most: number
  #listed: Finding[] = []
  readonly #beyond = { missing: 0, surplus: 0, different: 0 }

  constructor(most = MOST_FINDINGS) {
    this.#most = most
  }

  /** In the order of their ids. */
  get listed(): readonly Finding[] {
    return this.#listed
  }

  get ids(): readonly RowId[] {
    return this.#listed.map(({ id }) => id)
  }

  get beyond(): number {
    return differing(this.#beyond)
  }

  get counts(): FindingCounts {
    const counts = { ...this.#beyond }
    for (const { kind } of this.#listed) counts[kind] += 1
    return counts
  }

  /** Adds rows whose ids come after those of all others. */
  add(differences: readonly RowDifference[]): void {
    const room = this.#most - this.#listed.length
    if (room > 0) this.#listed.push(...differences.slice(0, room).map(findingOf))
    for (const { kind } of differences.slice(Math.max(0, room))) this.#beyond[kind] += 1
  }

  /** Replaces the listed rows by those that still differ, after all were checked again. */
  replaceListed(differences: readonly RowDifference[]): void {
    this.#listed = differences.map(findingOf)
  }

  /** Marks the listed rows that a repair put right: all except these. */
  markRepaired(remaining: ReadonlySet<RowId>): void {
    this.#listed = this.#listed.map((each) => ({ ...each, isRepaired: !remaining.has(each.id) }))
  }
}

function findingOf({ id, kind, fields }: RowDifference): Finding {
  return { id, kind, fields, isRepaired: false }
}

/** Saves the listed findings of a verification. Repeating it replaces them. */
export async function saveFindings(ledger: RunLedger, run: string, listed: readonly Finding[]): Promise<void> {
  let at = 0
  for (const findings of inChunks(listed, FINDINGS_A_RECORD)) {
    await changeRecord(ledger, 'findings', findingsId(run, at), () => ({ findings }))
    at += 1
  }
}

/** Findings of a verification, by id: `limit` of them after the first `skip`. */
export async function readFindings(
  ledger: Pick<RunLedger, 'read'>,
  { run, listed }: Pick<Verification, 'run' | 'listed'>,
  { skip = 0, limit }: { readonly skip?: number; readonly limit: number },
): Promise<readonly Finding[]> {
  const end = Math.min(skip + limit, listed)
  const found: Finding[] = []
  for (let at = Math.floor(skip / FINDINGS_A_RECORD); at * FINDINGS_A_RECORD < end; at += 1) {
    const first = at * FINDINGS_A_RECORD
    const findings = (await ledger.read('findings', findingsId(run, at)))?.value.findings ?? []
    found.push(...findings.slice(Math.max(0, skip - first), end - first))
  }
  return found
}
