import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { listKeysOf } from '../../../src/adapters/index-store/opensearch/list-keys.ts'
import { keyColumn, LIST_COLUMNS, SHARED } from '../../../src/adapters/index-store/sqlite/list-columns.ts'
import { ownKeysOf } from '../../../src/adapters/index-store/sqlite/list-keys.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { assemble, type AssembledDocument } from '../../../src/domain/assemble.ts'
import { DOCTOR_FIELDS, FIELDS, fieldsOf, kindOf, TRAINEE_FIELDS, type Kind } from '../../../src/domain/fields.ts'
import { hasReason, isVisitor } from '../../../src/domain/lists.ts'
import { isDiscrepancy } from '../../../src/domain/may-see.ts'
import { doctorRowId, numberOfRow, traineeRowId, type Parts, type Row, type RowId } from '../../../src/domain/row.ts'
import { compareByCodePoint } from '../../../src/domain/text.ts'
import type { StoredRow } from '../../../src/ports/index-store.ts'
import type { Repair } from '../../../src/ports/run-ledger.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { readFindings } from '../../../src/sync/verify/findings.ts'
import type { PartPath, Plant, Planted } from '../../contract/index-store/planting.ts'
import { DAY, runToEnd } from '../job/workplace.ts'

type Value = string | number | boolean | null

/** A live generation whose rows a test alters past its store. */
export interface AlteredLive {
  readonly worker: Worker
  readonly plant: Plant
  /** What the store searches by. */
  readonly keys: readonly string[]
}

/** One difference, and what a verification must say of it. */
interface Difference {
  readonly id: RowId
  readonly planted: Planted
  readonly finding: { readonly kind: 'missing' | 'surplus' | 'different'; readonly fields: readonly string[] }
}

/** What decides about one difference, whatever rows there are. */
interface Draw {
  readonly row: number
  readonly change: 'delete' | 'add' | 'field' | 'key' | 'part'
  /** Which field, key or part. */
  readonly which: number
  readonly isCleared: boolean
}

const NUMBER = fc.nat(1_000_000)
const DRAWS: fc.Arbitrary<readonly Draw[]> = fc.array(
  fc.record({
    row: NUMBER,
    change: fc.constantFrom('delete', 'add', 'field', 'field', 'field', 'key', 'part', 'part'),
    which: NUMBER,
    isCleared: fc.nat(3).map((quarter) => quarter === 0),
  }),
  { minLength: 1, maxLength: 8 },
)
const REPAIRS: fc.Arbitrary<Repair> = fc.nat(9).map((tenth) => (tenth === 0 ? 'promote' : 'rows'))

/**
 * For random differences that are planted in live, a verification names exactly those, with exactly their fields, and its
 * repair changes exactly those: no other row is written.
 */
export async function verifiesPlanted(live: AlteredLive, options: { readonly cases: number; readonly seed: number }) {
  const counts = { differences: 0 }
  const law = fc.asyncProperty(DRAWS, REPAIRS, async (draws, repair) => {
    counts.differences += await verifyCase(live, draws, repair)
  })
  // Where a case fails, live is left altered, so a smaller case would not start from the same.
  await fc.assert(law, { numRuns: options.cases, seed: options.seed, endOnFailure: true })
  return counts
}

async function verifyCase({ worker, plant, keys }: AlteredLive, draws: readonly Draw[], repair: Repair) {
  const { generation, rows } = await liveRows(worker)
  const differences = differencesIn(
    [...rows.values()].map(({ row }) => row),
    draws,
    keys,
  )
  for (const { id, planted } of differences) await plant(generation, id, planted)

  const { verification, failure } = await runToEnd(worker, DAY, { purpose: 'verify', repair })
  assert.ok(verification, failure?.reason)
  const findings = await readFindings(worker.context.ledger, verification, { limit: 1_000 })
  assert.deepEqual(
    findings.map(({ id, kind, fields }) => ({ id, kind, fields })),
    differences.map(({ id, finding }) => ({ id, ...finding })),
  )

  assert.partialDeepStrictEqual(verification.repaired, differences.length === 0 ? null : { how: repair, remaining: 0 })
  const after = await liveRows(worker)
  assert.deepEqual([...after.rows.keys()], [...rows.keys()])
  const altered = new Set(differences.map(({ id }) => id))
  for (const [id, before] of rows) {
    const { row, document, wrongKeys, token } = after.rows.get(id) ?? assert.fail(id)
    assert.deepEqual({ row, document, wrongKeys }, { row: before.row, document: before.document, wrongKeys: [] })
    if (repair === 'rows' && !altered.has(id)) assert.equal(token, before.token, `${id} was written`)
  }
  return differences.length
}

/** The rows of what is live, in the order of their ids. */
async function liveRows({ context }: Worker) {
  const generation = (await readInstallation(context.ledger)).live?.generation ?? assert.fail('nothing is live')
  const { store } = context
  await store.makeVisible(generation)
  const ids = (await Array.fromAsync(store.rows(generation))).flat().map(({ id }) => id)
  const found = new Map((await store.get(generation, ids)).map((stored) => [stored.row.id, stored]))
  const rows = new Map<RowId, StoredRow>(ids.map((id) => [id, found.get(id) ?? assert.fail(id)]))
  return { generation, rows }
}

/** At most one difference for each row, in the order of their ids. Draws that would change nothing are left out. */
function differencesIn(rows: readonly Row[], draws: readonly Draw[], keys: readonly string[]): readonly Difference[] {
  const found = new Map<RowId, Difference>()
  for (const [at, draw] of draws.entries()) {
    const row = rows[draw.row % rows.length] ?? assert.fail('no rows')
    const difference = draw.change === 'add' ? added(row, at) : altered(row, draw, keys)
    if (difference !== null && !found.has(difference.id)) found.set(difference.id, difference)
  }
  return [...found.values()].sort((a, b) => compareByCodePoint(a.id, b.id))
}

/** A row for a person or a document that no source has. */
function added({ parts }: Row, at: number): Difference {
  const row = unknownRow(parts, at)
  return { id: row.id, planted: { change: 'add', row }, finding: { kind: 'surplus', fields: [] } }
}

function unknownRow({ trainee, doctor, outcome }: Parts, at: number): Row {
  const number = String(7_654_000 + at)
  if (trainee !== null) {
    const unknown = { ...trainee, tcsPersonId: 90_000_000 + at, gmcReferenceNumber: number }
    return {
      id: traineeRowId(unknown.tcsPersonId),
      parts: { trainee: unknown, doctor: null, outcome: null, reason: null },
    }
  }
  assert.ok(doctor)
  const unknown = { ...doctor, gmcReferenceNumber: number }
  return { id: doctorRowId(number), parts: { trainee: null, doctor: unknown, outcome, reason: null } }
}

function altered(row: Row, { change, which, isCleared }: Draw, keys: readonly string[]): Difference | null {
  const pick = <T>(from: readonly T[]): T => from[which % from.length] ?? assert.fail('nothing to pick')
  switch (change) {
    case 'add':
      return null
    case 'delete':
      return { id: row.id, planted: { change }, finding: { kind: 'missing', fields: [] } }
    case 'field': {
      const field = pick(FIELDS)
      const value = otherValue(kindOf(field), assemble(row.parts)[field], isCleared && field !== 'connectionStatus')
      return value === undefined ? null : different(row, { change, field, value }, [field])
    }
    case 'key': {
      const key = pick(keys)
      return different(row, { change, key, value: otherKey(key, row) }, [`key.${key}`])
    }
    case 'part': {
      const part = pick(pathsIn(row.parts))
      const value = otherValue(part.kind, part.value, isCleared)
      if (value === undefined) return null
      const changed = { ...row, parts: part.with(value) }
      const wrong = keys.filter((key) => !isDeepStrictEqual(keyOf(key, changed), keyOf(key, row)))
      return different(row, { change, part: part.path, value }, [part.path, ...wrong.sort().map((key) => `key.${key}`)])
    }
  }
}

function different({ id }: Row, planted: Planted, fields: readonly string[]): Difference {
  return { id, planted, finding: { kind: 'different', fields } }
}

/** Another value that a field of this kind may have; undefined if there is none. */
function otherValue(kind: Kind, value: Value, isCleared: boolean): Value | undefined {
  if (isCleared && value !== null && kind !== 'personId' && kind !== 'storedId') return null
  switch (kind) {
    case 'personId':
      return typeof value === 'number' ? value + 1_000_000 : 1_000_000
    case 'flag':
      return value !== true
    case 'day':
      return '1999-09-09'
    case 'number':
    case 'storedId':
      return '7654321'
    case 'text':
      return 'Altered'
    default:
      return kind.find((code) => code !== value)
  }
}

interface PartField {
  readonly path: PartPath
  readonly kind: Kind
  readonly value: Value
  readonly with: (value: Value) => Parts
}

/** Every field of the parts that a row has. */
function pathsIn(parts: Parts): readonly PartField[] {
  const { trainee, doctor } = parts
  const ofTrainee = fieldsOf(TRAINEE_FIELDS).flatMap((field): PartField[] =>
    trainee === null
      ? []
      : [
          {
            path: `trainee.${field}`,
            kind: TRAINEE_FIELDS[field],
            value: trainee[field],
            with: (value) => ({ ...parts, trainee: { ...trainee, [field]: value } }),
          },
        ],
  )
  const ofDoctor = fieldsOf(DOCTOR_FIELDS).flatMap((field): PartField[] =>
    doctor === null
      ? []
      : [
          {
            path: `doctor.${field}`,
            kind: DOCTOR_FIELDS[field],
            value: doctor[field],
            with: (value) => ({ ...parts, doctor: { ...doctor, [field]: value } }),
          },
        ],
  )
  const reason: PartField = {
    path: 'reason',
    kind: 'text',
    value: parts.reason,
    with: (value) => ({ ...parts, reason: value === null ? null : String(value) }),
  }
  return [...ofTrainee, ...ofDoctor, reason]
}

/** What a store searches by, as it follows from a row. */
function keyOf(key: string, row: Row): unknown {
  const document: AssembledDocument = assemble(row.parts)
  switch (key) {
    case 'id':
      return row.id
    case 'number':
      return numberOfRow(row)
    case 'visitor':
      return isVisitor(document)
    case 'withReason':
      return hasReason(document)
    case 'discrepancy':
      return isDiscrepancy(document)
    default:
      return listKeyOf(key, document)
  }
}

/** Of a search engine, or of a file. */
function listKeyOf(key: string, document: AssembledDocument): unknown {
  const { find, sort } = listKeysOf(document)
  const own = ownKeysOf(document)
  const known = new Map<string, unknown>([
    ...Object.entries(find).map(([name, value]) => [`find.${name}`, value] as const),
    ...Object.entries(sort).map(([name, value]) => [`sort.${name}`, value] as const),
    ...LIST_COLUMNS.slice(0, own.length).map((column, at) => [column, own[at]] as const),
    // A number, which differs between files, of all that follows from the text.
    ...SHARED.map((column) => [keyColumn(column), document[column]] as const),
  ])
  return known.has(key) ? known.get(key) : assert.fail(`unknown key ${key}`)
}

function otherKey(key: string, row: Row): Value {
  const right = keyOf(key, row)
  if (typeof right === 'boolean') return !right
  if (typeof right === 'number' && key.startsWith('is')) return 1 - right
  return key === 'id' ? 'gmc-somewhere else' : '7654321'
}
