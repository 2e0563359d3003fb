import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble } from '../../src/domain/assemble.ts'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { doctorOf, outcomeOf } from '../../src/domain/doctor.ts'
import { gmcNumber } from '../../src/domain/gmc-number.ts'
import { belongsTo, documentIn, INDEX_NAMES } from '../../src/domain/lists.ts'
import { traineeOf } from '../../src/domain/trainee.ts'
import { TODAY } from './examples.ts'
import { MemoryGeneration } from './generation.ts'
import { linesOf, sampleDoctors, samplePersons, sampleReasons } from './sample-source.ts'

function sampleGeneration(): MemoryGeneration {
  const generation = new MemoryGeneration()
  for (const person of samplePersons()) generation.snapshotTrainee(traineeOf(person, TODAY, DESIGNATED_BODIES))
  generation.makeVisible()
  for (const { stored, latest } of sampleDoctors()) {
    const doctor = doctorOf(stored)
    generation.snapshotDoctor(doctor, outcomeOf(doctor.underNotice, latest, TODAY))
  }
  generation.makeVisible()
  for (const { storedId, reason } of sampleReasons()) {
    const number = gmcNumber(storedId)
    if (number !== null && reason !== null) generation.snapshotReason(number, reason)
  }
  return generation
}

const GENERATION = sampleGeneration()

for (const index of INDEX_NAMES) {
  test(`the sample gives exactly the documents that are expected of ${index}`, () => {
    const assembled = GENERATION.rows.filter(({ hidden }) => !hidden).map(({ parts }) => assemble(parts))
    const documents = assembled.filter((each) => belongsTo(index, each, TODAY)).map((each) => documentIn(index, each))
    const expected = linesOf(`expected/${index}.ndjson`)
    assert.ok(expected.length > 0)
    // Keys are in alphabetical order on both sides, so that equal documents are equal texts.
    const texts = (of: readonly unknown[]) => of.map((each) => JSON.stringify(each)).sort()
    assert.deepEqual(texts(documents), texts(expected))
  })
}
