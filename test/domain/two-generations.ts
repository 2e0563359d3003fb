import fc from 'fast-check'
import { assemble } from '../../src/domain/assemble.ts'
import { rowDifference, type ComparedRow, type RowDifference } from '../../src/domain/comparison.ts'
import type { Parts, Row, RowId } from '../../src/domain/row.ts'
import { compareByCodePoint } from '../../src/domain/text.ts'
import { rows } from '../contract/index-store/arbitraries.ts'
import { doctorRow, PLAIN, trainee } from '../messages/arbitraries.ts'

/** The rows of a generation by id. */
export type Side = ReadonlyMap<RowId, ComparedRow>

export function comparedRow(row: Row, differing: Partial<ComparedRow> = {}): ComparedRow {
  return { row, document: assemble(row.parts), wrongKeys: [], ...differing }
}

const body = fc.constantFrom(null, '1-1RSSQ1B', '1-1RUZUSF', '__proto__')

/** How the parts of a row change: often in one field. */
const changedParts: fc.Arbitrary<(parts: Parts) => Parts> = fc.oneof(
  fc.constant((parts: Parts) => parts),
  fc.record({ doctor: doctorRow, trainee }, PLAIN).map((other) => (parts: Parts) => ({
    ...parts,
    doctor: other.doctor.doctor,
    trainee: parts.trainee && other.trainee,
  })),
  body.map((designatedBodyCode) => ({ doctor, ...parts }: Parts) => ({
    ...parts,
    doctor: doctor && { ...doctor, designatedBodyCode },
  })),
  body.map((tcsDesignatedBody) => ({ trainee: of, ...parts }: Parts) => ({
    ...parts,
    trainee: of && { ...of, tcsDesignatedBody },
  })),
  fc.constantFrom(null, 'another reason').map((reason) => (parts: Parts) => ({ ...parts, reason })),
  fc.constant(({ doctor, ...parts }: Parts) => ({ ...parts, doctor: doctor && { ...doctor, sanction: 'another' } })),
)

const wrongKeys = fc.subarray(['number', 'exception', 'parts'])

/** Two generations that have much in common; some rows were altered by another program. */
export const twoGenerations: fc.Arbitrary<{ readonly before: Side; readonly after: Side }> = fc
  .record({ rows, fates: fc.array(fc.record({ changed: changedParts, fate: fc.nat(5), wrongKeys }, PLAIN)) }, PLAIN)
  .map(({ rows: all, fates }) => {
    const before = new Map<RowId, ComparedRow>()
    const after = new Map<RowId, ComparedRow>()
    for (const [at, row] of all.entries()) {
      const { changed, fate, wrongKeys: wrong } = fates[at] ?? { changed: (parts) => parts, fate: 5, wrongKeys: [] }
      if (fate !== 0) before.set(row.id, comparedRow(row, { wrongKeys: fate === 1 ? wrong : [] }))
      if (fate !== 2)
        after.set(row.id, comparedRow({ ...row, parts: changed(row.parts) }, fate === 3 ? { wrongKeys: wrong } : {}))
    }
    return { before, after }
  })

/** The differences of two generations, in the order of ids. */
export function differencesOf(before: Side, after: Side): RowDifference[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort(compareByCodePoint)
  return ids.flatMap((id) => rowDifference(before.get(id) ?? null, after.get(id) ?? null) ?? [])
}
