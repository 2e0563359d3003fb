import { gmcNumber } from '../../../src/domain/gmc-number.ts'
import { bridges } from '../../../src/domain/bridges.ts'
import { differences, type RowWrite } from '../../../src/domain/row-differences.ts'
import { NO_NUMBER_PARTS, rowsOfNumber, type Row, type RowId } from '../../../src/domain/row.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'
import type { Generation, StoredRow } from './generation.ts'
import { keysOfRow, sortedOut, type Key } from './key.ts'
import type { Rules } from './rules.ts'
import type { Sources } from './sources.ts'
import { creates, type Work } from './work.ts'

/** The rows of some keys in a generation, and those that the sources require. */
interface Reading {
  readonly keys: ReadonlySet<Key>
  readonly rows: readonly StoredRow[]
  readonly wanted: readonly Row[]
}

/** Reads the keys again and updates a generation; ends when no write was rejected. */
export function* refresh(keys: Iterable<Key>, generation: Generation, sources: Sources, rules: Rules): Work {
  let known: ReadonlySet<Key> = new Set(keys)
  let ids: ReadonlySet<RowId> = new Set()
  while (!generation.isDropped) {
    const reading = yield* read(known, ids, generation, sources, rules)
    known = reading.keys
    const bridging = rules.bridgesNumbers ? bridges(rowsOf(reading), reading.wanted) : []
    if (bridging.length > 0) {
      ids = new Set([...ids, ...bridging.map(({ id }) => id)])
      yield creates(generation, bridging)
    } else if (yield* write(reading, generation, rules)) return
  }
}

/** Reads until no key is added. The last read of the sources is later than that of every row. */
function* read(
  keys: ReadonlySet<Key>,
  rowIds: ReadonlySet<RowId>,
  generation: Generation,
  sources: Sources,
  rules: Rules,
): Work<Reading> {
  let known = keys
  let ids = rowIds
  for (;;) {
    let rows = generation.lookUp(known, ids)
    yield null
    const wanted = yield* rowsWanted(known, generation, sources)
    if (!rules.readsRowsFirst) rows = generation.lookUp(known, ids)
    const left = rules.joinsNumbersLeft ? rows.flatMap(({ row }) => keysOfRow(row)) : []
    const grown = new Set([...known, ...left, ...wanted.flatMap(keysOfRow)])
    const wantedIds = new Set([...ids, ...wanted.map(({ id }) => id)])
    if (grown.size === known.size && wantedIds.size === ids.size) return { keys: known, rows, wanted }
    known = grown
    ids = wantedIds
  }
}

/** The rows that the sources require for the keys; the two sources are read one after the other. */
function* rowsWanted(keys: ReadonlySet<Key>, { day }: Generation, sources: Sources): Work<Row[]> {
  const { persons, numbers, texts } = sortedOut(keys)
  const read = [
    ...persons.map((person) => sources.trainee(person, day)),
    ...numbers.flatMap((number) => sources.traineesOf(number, day)),
  ].filter((trainee) => trainee !== null)
  const trainees = [...new Map(read.map((trainee): [number, Trainee] => [trainee.tcsPersonId, trainee])).values()]
  yield null
  const byNumber = Map.groupBy(trainees, ({ gmcReferenceNumber }) => gmcNumber(gmcReferenceNumber))
  const rows = [...new Set([...numbers, ...byNumber.keys()])].flatMap((number) => {
    const parts = number === null ? NO_NUMBER_PARTS : sources.partsOf(number, day)
    return rowsOfNumber(byNumber.get(number) ?? [], parts)
  })
  const ofTexts = texts.flatMap((storedId) => {
    const found = sources.doctor(storedId, day)
    return rowsOfNumber([], { ...NO_NUMBER_PARTS, ...found })
  })
  yield null
  return [...rows, ...ofTexts]
}

/** Sends the differences, each kind in its own call. Returns whether all were written. */
function* write(reading: Reading, generation: Generation, rules: Rules): Work<boolean> {
  const versions = new Map(reading.rows.map(({ row, version }) => [row.id, version]))
  const writes = differences(rowsOf(reading), reading.wanted)
  const kinds = Map.groupBy(rules.deletesLast ? writes : writes.toReversed(), ({ op }) => op)
  for (const ofKind of kinds.values()) {
    const versionOf = (each: RowWrite) => versions.get(each.op === 'delete' ? each.id : each.row.id) ?? null
    const outcomes = yield { generation, writes: ofKind.map((each) => ({ write: each, version: versionOf(each) })) }
    if (outcomes.includes('refused') && rules.startsOver) return false
  }
  return true
}

function rowsOf({ rows }: Reading): Row[] {
  return rows.map(({ row }) => row)
}
