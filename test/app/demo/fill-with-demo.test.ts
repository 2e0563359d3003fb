import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openFillableSources } from '../../../src/adapters/sources/sqlite/fillable-sources.ts'
import { openDoctorSource, openExceptionSource, openTraineeSource } from '../../../src/adapters/sources/sqlite/open.ts'
import { fillWithDemo, type DemoProgress } from '../../../src/app/demo/fill-with-demo.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { FillableSources, IntegrityViolation, SourceTable } from '../../../src/ports/source-filling.ts'
import type { Snapshot } from '../../../src/ports/sources.ts'
import { recommendationsInOrder, tcsPersons } from './judged.ts'
import { generated } from './tables.ts'
import { temporaryFolder } from './temporary-folder.ts'

const options = { doctors: 1_300, seed: 21 }

const hasCode = (code: string) => (error: unknown) => error instanceof RevalError && error.code === code

async function allOf<Row>(opening: Promise<Snapshot<Row>>): Promise<Row[]> {
  await using snapshot = await opening
  const rows: Row[] = []
  for await (const batch of snapshot.batches(500)) rows.push(...batch)
  return rows
}

test('the sources contain what was generated', async (context) => {
  const directory = await temporaryFolder(context)
  const tables = generated(options)
  const counts = await fillWithDemo(openFillableSources({ directory }), options)
  for (const table of Object.keys(tables) as SourceTable[]) assert.equal(counts[table], tables[table].length, table)

  const people = await allOf(openTraineeSource({ directory }).snapshot())
  const sorted = (texts: readonly (string | null)[]): (string | null)[] => [...texts].sort()
  const comparable = (all: typeof people) =>
    all
      .map((person) => ({
        ...person,
        memberships: person.memberships
          .map(({ programme, ...membership }) => ({
            ...membership,
            programmeName: programme?.programmeName,
            owner: programme?.owner,
            curriculumEndDates: sorted(membership.curriculumEndDates),
          }))
          .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      }))
      .sort((a, b) => a.personId - b.personId)
  assert.deepEqual(comparable(people), comparable(tcsPersons(tables)))

  const doctors = await allOf(openDoctorSource({ directory }).snapshot())
  const ordered = recommendationsInOrder(tables)
  assert.deepEqual(
    new Map(doctors.map(({ doctor, latest }) => [doctor.storedId, { doctor, latest: latest?.storedId }])),
    new Map(
      tables.doctorsForDB.map((doctor) => [
        doctor.storedId,
        { doctor, latest: ordered.get(doctor.storedId)?.at(-1)?.storedId },
      ]),
    ),
  )
  assert.ok(doctors.every((record) => !record.sharesNumber))

  const reasons = await allOf(openExceptionSource({ directory }).snapshot())
  assert.deepEqual(
    new Map(reasons.map((record) => [record.storedId, record.reason])),
    new Map(tables.exceptionLogs.map((row) => [row.storedId, row.errorMessage])),
  )
})

test('progress never decreases, and ends at its total', async (context) => {
  const directory = await temporaryFolder(context)
  const heard: DemoProgress[] = []
  await fillWithDemo(openFillableSources({ directory }), options, (progress) => heard.push(progress))
  const last = heard.at(-1)
  assert.ok(last !== undefined)
  assert.equal(last.done, last.of)
  assert.ok(heard.every(({ done, of }, index) => of === last.of && done >= (heard[index - 1]?.done ?? 0)))
  assert.ok(heard.some(({ done }) => done > 0 && done < last.of))
})

test('an interrupt leaves the sources unchanged, and they can be filled again', async (context) => {
  const directory = await temporaryFolder(context)
  const sources = openFillableSources({ directory })
  await fillWithDemo(sources, { doctors: 5, seed: 1 })
  const stop = new AbortController()
  const interrupted = fillWithDemo(
    sources,
    options,
    () => stop.abort(new Error('stopped by the operator')),
    stop.signal,
  )
  await assert.rejects(interrupted, { message: 'stopped by the operator' })
  assert.equal((await allOf(openDoctorSource({ directory }).snapshot())).length, 5)
  await fillWithDemo(sources, { doctors: 7, seed: 1 })
  assert.equal((await allOf(openDoctorSource({ directory }).snapshot())).length, 7)
})

test('rows that violate integrity are refused, and the sources stay unchanged', async (context) => {
  const directory = await temporaryFolder(context)
  const sources = openFillableSources({ directory })
  await fillWithDemo(sources, { doctors: 5, seed: 1 })
  const violation: IntegrityViolation = { table: 'Person', line: 3, column: 'id', reason: 'is there twice' }
  await assert.rejects(fillWithDemo(finding(sources, violation), { doctors: 6, seed: 1 }), hasCode('INTERNAL'))
  assert.equal((await allOf(openDoctorSource({ directory }).snapshot())).length, 5)
  await fillWithDemo(sources, { doctors: 6, seed: 1 })
})

test('invalid options are refused before filling starts', async (context) => {
  const directory = await temporaryFolder(context)
  await assert.rejects(fillWithDemo(openFillableSources({ directory }), { doctors: 0, seed: 1 }), hasCode('USAGE'))
  await assert.rejects(openDoctorSource({ directory }).snapshot(), hasCode('SOURCE_MISSING'))
})

/** The sources, but for one row that every filling of them finds at fault: generated rows give no such fault. */
function finding(sources: FillableSources, row: IntegrityViolation): FillableSources {
  return {
    begin: async () => {
      const filling = await sources.begin()
      return {
        add: (table, rows) => filling.add(table, rows),
        violations: async function* () {
          yield* filling.violations()
          yield row
        },
        commit: () => filling.commit(),
        abandon: () => filling.abandon(),
      }
    },
  }
}
