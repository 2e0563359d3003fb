import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import type { Row } from '../../../src/domain/row.ts'
import type { IndexStore, StoreWrite } from '../../../src/ports/index-store.ts'
import { createRows } from '../../../src/sync/receive/create-rows.ts'
import type { DoctorRow } from '../../../src/domain/doctor.ts'
import { idOfWrite } from '../../../src/domain/row-differences.ts'
import { receiveDoctors, receiveTrainees, writeUnjoined } from '../../../src/sync/receive/receive-rows.ts'
import { RowSample } from '../../../src/sync/receive/row-sample.ts'
import { aDoctor, aNumber, aRow, aTrainee } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import { refusingWrites, type WriteFault } from '../../faults/faulty-store.ts'
import { storeFor, workspaceFor } from '../a-context.ts'

const ONE = '1111111'
const TWO = '2222222'
const GENERATION = 'g'

/** An empty generation and an empty workspace, and the writes to the generation. */
async function joining(t: TestContext, fault: WriteFault = () => null) {
  const own = await storeFor(t)
  await own.createGeneration({ id: GENERATION, createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  const writes: StoreWrite[][] = []
  const store = altered(refusingWrites(own, fault), {
    write: (write) => (generation, all, guard) => {
      writes.push([...all])
      return write(generation, all, guard)
    },
  })
  const workspace = await workspaceFor(t)
  const sample = new RowSample(100)
  return { store, workspace, generation: GENERATION, sample, writes }
}

const refusing =
  (...ids: readonly string[]): WriteFault =>
  (write) =>
    ids.includes(idOfWrite(write)) ? { status: 'failed', reason: `${idOfWrite(write)} is refused` } : null

const trainee = (tcsPersonId: number, gmcReferenceNumber: string | null = ONE) =>
  aTrainee({ tcsPersonId, gmcReferenceNumber })
const doctor = (storedId: string, outcome: DoctorRow['outcome'] = 'Approved'): DoctorRow => ({
  doctor: aDoctor({ gmcReferenceNumber: storedId }),
  outcome,
})

/** The rows of these ids, by id. */
async function rowsIn(store: IndexStore, ...ids: readonly string[]): Promise<readonly Row[]> {
  const found = await store.get(GENERATION, ids)
  return found.map(({ row }) => row).sort((a, b) => (a.id < b.id ? -1 : 1))
}

const sampled = ({ rows }: RowSample) => rows.map(({ id }) => id).sort()
const DONE = { withoutTrainee: false, lostTrainees: 0, failures: [] }
const OWN = { ...DONE, withoutTrainee: true }

describe('rows are created', () => {
  const row = (id: string, name = 'A') => aRow(id, { doctor: aDoctor({ doctorFirstName: name }) })

  test('all of them, and none was refused', async (t) => {
    const { store } = await joining(t)
    assert.deepEqual(await createRows(store, GENERATION, [row('gmc-1'), row('gmc-2')]), new Map())
    assert.deepEqual(await rowsIn(store, 'gmc-1', 'gmc-2'), [row('gmc-1'), row('gmc-2')])
  })

  test('one that exists already counts as written: its message was delivered again', async (t) => {
    const { store } = await joining(t)
    await createRows(store, GENERATION, [row('gmc-1')])
    assert.deepEqual(await createRows(store, GENERATION, [row('gmc-1'), row('gmc-2')]), new Map())
    assert.equal((await rowsIn(store, 'gmc-1', 'gmc-2')).length, 2)
  })

  test('one that arrives twice is written once, in its last version', async (t) => {
    const { store, writes } = await joining(t)
    await createRows(store, GENERATION, [row('gmc-1', 'first'), row('gmc-2'), row('gmc-1', 'last')])
    assert.deepEqual(writes[0]?.map(idOfWrite), ['gmc-1', 'gmc-2'])
    assert.deepEqual(await rowsIn(store, 'gmc-1'), [row('gmc-1', 'last')])
  })

  test('refused ones are reported, each with its reason', async (t) => {
    const { store } = await joining(t, refusing('gmc-2', 'gmc-3'))
    const refused = await createRows(
      store,
      GENERATION,
      ['gmc-1', 'gmc-2', 'gmc-3'].map((id) => row(id)),
    )
    assert.deepEqual(
      [...refused],
      [
        ['gmc-2', 'gmc-2 is refused'],
        ['gmc-3', 'gmc-3 is refused'],
      ],
    )
    assert.equal((await rowsIn(store, 'gmc-1', 'gmc-2', 'gmc-3')).length, 1)
  })

  test('none at all, without a call to the store', async (t) => {
    const { store, writes } = await joining(t)
    assert.deepEqual(await createRows(store, 'no generation', []), new Map())
    assert.deepEqual(writes, [])
  })

  for (const [what, outcomes] of [
    ['without an outcome from the store', []],
    ['with an outcome that is impossible for a create', [{ status: 'conflict' as const }]],
  ] as const) {
    test(`one ${what} does not count as written`, async (t) => {
      const { store } = await joining(t)
      const mute = altered(store, { write: () => () => Promise.resolve(outcomes) })
      await assert.rejects(createRows(mute, GENERATION, [row('gmc-1')]), {
        code: 'STORE_FAILED',
        message: 'no outcome reported for creating gmc-1',
      })
    })
  }
})

describe('trainees', () => {
  test('are in the workspace once, however often they arrive, and have no rows yet', async (t) => {
    const { workspace, writes } = await joining(t)
    assert.deepEqual(await receiveTrainees(workspace, [trainee(1), trainee(2)]), [DONE, DONE])
    assert.deepEqual(await receiveTrainees(workspace, [trainee(2)]), [DONE])
    assert.equal(await workspace.countTrainees(), 2)
    assert.deepEqual(writes, [])
  })

  test('without a doctor have their own rows, with the exception reason of their number', async (t) => {
    const target = await joining(t, refusing('tcs-2'))
    const unjoined = [trainee(1), trainee(2), trainee(3, null)].map((each) => ({ trainee: each, reason: null }))
    const failures = await writeUnjoined(target, [...unjoined, { trainee: trainee(4), reason: 'no body' }])
    assert.deepEqual(failures, [{ key: 'tcs-2', code: 'ROW_WRITE_FAILED', reason: 'tcs-2 is refused' }])
    assert.deepEqual(await rowsIn(target.store, 'tcs-1', 'tcs-2', 'tcs-3', 'tcs-4'), [
      aRow('tcs-1', { trainee: trainee(1) }),
      aRow('tcs-3', { trainee: trainee(3, null) }),
      aRow('tcs-4', { trainee: trainee(4), reason: 'no body' }),
    ])
    assert.deepEqual(sampled(target.sample), ['tcs-1', 'tcs-3', 'tcs-4'])
  })
})

describe('doctors', () => {
  test('are joined to the trainees of their number, and to its reason', async (t) => {
    const target = await joining(t)
    await receiveTrainees(target.workspace, [trainee(1), trainee(2), trainee(3, TWO)])
    await target.workspace.addReasons([{ number: aNumber(ONE), reason: 'no body' }])
    assert.deepEqual(await receiveDoctors(target, [doctor(ONE), doctor(TWO, null)]), [DONE, DONE])
    const parts = { doctor: doctor(ONE).doctor, outcome: 'Approved', reason: 'no body' } as const
    assert.deepEqual(await rowsIn(target.store, 'tcs-1', 'tcs-2', 'tcs-3', 'gmc-1111111'), [
      aRow('tcs-1', { trainee: trainee(1), ...parts }),
      aRow('tcs-2', { trainee: trainee(2), ...parts }),
      aRow('tcs-3', { trainee: trainee(3, TWO), doctor: doctor(TWO).doctor }),
    ])
    assert.deepEqual(sampled(target.sample), ['tcs-1', 'tcs-2', 'tcs-3'])
  })

  test('without a trainee have their own row', async (t) => {
    const target = await joining(t)
    await target.workspace.addReasons([{ number: aNumber(ONE), reason: 'no body' }])
    assert.deepEqual(await receiveDoctors(target, [doctor(ONE)]), [OWN])
    const parts = { doctor: doctor(ONE).doctor, outcome: 'Approved', reason: 'no body' } as const
    assert.deepEqual(await rowsIn(target.store, 'gmc-1111111'), [aRow('gmc-1111111', parts)])
  })

  test('whose id is not a GMC number have their own row, and join nothing', async (t) => {
    const target = await joining(t)
    await receiveTrainees(target.workspace, [trainee(1, 'UNKNOWN')])
    assert.deepEqual(await receiveDoctors(target, [doctor('UNKNOWN'), doctor(ONE), doctor(' UNKNOWN')]), [
      OWN,
      OWN,
      OWN,
    ])
    const found = await rowsIn(target.store, 'gmc-UNKNOWN', 'gmc- UNKNOWN', 'gmc-1111111', 'tcs-1')
    assert.deepEqual(
      found.map(({ id }) => id),
      ['gmc- UNKNOWN', 'gmc-1111111', 'gmc-UNKNOWN'],
    )
  })

  test('that arrive again give the same result, and change nothing', async (t) => {
    const target = await joining(t)
    await receiveTrainees(target.workspace, [trainee(1)])
    const both = [doctor(ONE), doctor(TWO)]
    assert.deepEqual(await receiveDoctors(target, both), [DONE, OWN])
    const before = await rowsIn(target.store, 'tcs-1', 'gmc-2222222')
    assert.deepEqual(await receiveDoctors(target, both), [DONE, OWN])
    assert.deepEqual(await rowsIn(target.store, 'tcs-1', 'gmc-2222222'), before)
  })

  test('with the same number: the second fails, in the same message or in another', async (t) => {
    const target = await joining(t)
    await receiveTrainees(target.workspace, [trainee(1)])
    const shared = {
      ...DONE,
      failures: [
        {
          key: 'gmc- 1111111',
          code: 'ROW_NUMBER_SHARED',
          reason: `" 1111111" has the same number as "1111111" once trimmed`,
        },
      ],
    }
    assert.deepEqual(await receiveDoctors(target, [doctor(ONE), doctor(` ${ONE}`)]), [DONE, shared])
    assert.deepEqual(await receiveDoctors(target, [doctor(` ${ONE}`)]), [shared])
    const found = await rowsIn(target.store, 'tcs-1', 'gmc- 1111111', 'gmc-1111111')
    assert.deepEqual(found, [aRow('tcs-1', { trainee: trainee(1), doctor: doctor(ONE).doctor, outcome: 'Approved' })])
  })

  test('lose only the trainee whose row is refused', async (t) => {
    const target = await joining(t, refusing('tcs-2'))
    await receiveTrainees(target.workspace, [trainee(1), trainee(2), trainee(3, TWO)])
    assert.deepEqual(await receiveDoctors(target, [doctor(ONE), doctor(TWO)]), [
      {
        withoutTrainee: false,
        lostTrainees: 1,
        failures: [{ key: 'tcs-2', code: 'ROW_WRITE_FAILED', reason: 'tcs-2 is refused' }],
      },
      DONE,
    ])
    assert.deepEqual(sampled(target.sample), ['tcs-1', 'tcs-3'])
  })

  test('whose own row is refused have no row, and lose no trainee', async (t) => {
    const target = await joining(t, refusing('gmc-1111111'))
    assert.deepEqual(await receiveDoctors(target, [doctor(ONE), doctor(TWO)]), [
      {
        withoutTrainee: false,
        lostTrainees: 0,
        failures: [{ key: 'gmc-1111111', code: 'ROW_WRITE_FAILED', reason: 'gmc-1111111 is refused' }],
      },
      OWN,
    ])
    assert.deepEqual(sampled(target.sample), ['gmc-2222222'])
  })
})
