import { inChunks } from '../../domain/chunks.ts'
import type { ListName } from '../../domain/lists.ts'
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

/** How many rows a verification found to differ: of live, and of its tables. */
export function allDiffering(verification: FindingCounts & Pick<Verification, 'tables'>): number {
  return differing(verification) + (verification.tables === null ? 0 : differing(verification.tables))
}

/** How many of them were not repaired. */
export function remaining({
  repaired,
  ...verification
}: FindingCounts &
  Pick<Verification, 'tables'> & { readonly repaired: { readonly remaining: number } | null }): number {
  return repaired?.remaining ?? allDiffering(verification)
}

/** A row of live that differs, or, with a list, a row of its table. */
interface Difference extends Omit<Finding, 'list' | 'isRepaired'> {
  readonly list?: ListName | null
}

/** Rows of a verification that differ, of live or of its tables: the first ones with their ids, the others as numbers. */
export class FoundRows {
  readonly #most: number
  #listed: Finding[] = []
  readonly #beyond = { missing: 0, surplus: 0, different: 0 }

  constructor(most = MOST_FINDINGS) {
    this.#most = most
  }

  /** In the order in which they were added. */
  get listed(): readonly Finding[] {
    return this.#listed
  }

  /** Those of the listed rows, each once: several tables may have a row of one id. */
  get ids(): readonly RowId[] {
    return [...new Set(this.#listed.map(({ id }) => id))]
  }

  get beyond(): number {
    return differing(this.#beyond)
  }

  get counts(): FindingCounts {
    const counts = { ...this.#beyond }
    for (const { kind } of this.#listed) counts[kind] += 1
    return counts
  }

  add(differences: readonly Difference[]): void {
    const room = this.#most - this.#listed.length
    if (room > 0) this.#listed.push(...differences.slice(0, room).map(findingOf))
    for (const { kind } of differences.slice(Math.max(0, room))) this.#beyond[kind] += 1
  }

  /** Replaces the listed rows by those that still differ, after all were checked again. */
  replaceListed(differences: readonly Difference[]): void {
    this.#listed = differences.map(findingOf)
  }

  /** Marks the listed rows that a repair put right: all except these. Returns how many still differ. */
  markRepaired(differences: readonly Difference[]): number {
    const nameOf = ({ list, id }: Pick<Finding, 'list' | 'id'>) => `${list ?? ''} ${id}`
    const remaining = new Set(differences.map(findingOf).map(nameOf))
    this.#listed = this.#listed.map((each) => ({ ...each, isRepaired: !remaining.has(nameOf(each)) }))
    return this.#listed.filter(({ isRepaired }) => !isRepaired).length + this.beyond
  }
}

function findingOf({ list = null, id, kind, fields }: Difference): Finding {
  return { list, id, kind, fields, isRepaired: false }
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
