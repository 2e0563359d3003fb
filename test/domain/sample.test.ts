import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble } from '../../src/domain/assemble.ts'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { doctorOf, outcomeOf } from '../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../src/domain/gmc-number.ts'
import { belongsTo, documentIn, INDEX_NAMES } from '../../src/domain/lists.ts'
import { NO_NUMBER_PARTS, rowsOfNumber, type Row } from '../../src/domain/row.ts'
import { textOrNull } from '../../src/domain/text.ts'
import { traineeOf } from '../../src/domain/trainee.ts'
import { TODAY } from './examples.ts'
import { linesOf, sampleDoctors, samplePersons, sampleReasons } from './sample-source.ts'

/** The rows that a run writes for the sample: doctors with their trainees, then unjoined trainees. */
function sampleRows(): Row[] {
  const trainees = samplePersons().map((person) => traineeOf(person, TODAY, DESIGNATED_BODIES))
  const traineesOf = Map.groupBy(trainees, ({ gmcReferenceNumber }) => gmcNumber(gmcReferenceNumber))
  const reasons = new Map(sampleReasons().map(({ storedId, reason }) => [gmcNumber(storedId), textOrNull(reason)]))
  const reasonOf = (number: GmcNumber | null) => (number === null ? null : (reasons.get(number) ?? null))
  const joined = sampleDoctors().flatMap(({ stored, latest }) => {
    const doctor = doctorOf(stored)
    const number = gmcNumber(stored.storedId)
    const itsTrainees = number === null ? [] : (traineesOf.get(number) ?? [])
    if (number !== null) traineesOf.delete(number)
    const outcome = outcomeOf(doctor.underNotice, latest, TODAY)
    return rowsOfNumber(itsTrainees, { doctor, outcome, reason: reasonOf(number) })
  })
  const unjoined = [...traineesOf].flatMap(([number, alone]) =>
    rowsOfNumber(alone, { ...NO_NUMBER_PARTS, reason: reasonOf(number) }),
  )
  return [...joined, ...unjoined]
}

for (const index of INDEX_NAMES) {
  test(`the sample gives exactly the expected documents of ${index}`, () => {
    const assembled = sampleRows().map(({ parts }) => assemble(parts))
    const documents = assembled.filter((each) => belongsTo(index, each, TODAY)).map((each) => documentIn(index, each))
    const expected = linesOf(`expected/${index}.ndjson`)
    assert.ok(expected.length > 0)
    // Keys are sorted on both sides, so equal documents are equal strings.
    const texts = (of: readonly unknown[]) => of.map((each) => JSON.stringify(each)).sort()
    assert.deepEqual(texts(documents), texts(expected))
  })
}
