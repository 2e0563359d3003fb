import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { idOfWrite } from '../../../src/domain/row-differences.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { GenerationId, IndexStore, StoreWrite } from '../../../src/ports/index-store.ts'
import { altered } from '../../faults/altered.ts'
import { refusingWrites } from '../../faults/faulty-store.ts'
import { Life, mortalStore } from '../../faults/mortal.ts'
import { passingFault } from '../../faults/passing-fault.ts'
import { aMembership } from '../../domain/examples.ts'
import { doctor, noDoctor, noTrainee, number, person, refreshing, trainee, writesOf } from './refreshing.ts'
import { RefreshPlace } from './place.ts'

const installed = RefreshPlace.forFile()
const [ONE, TWO, THREE] = ['1111111', '2222222', '3333333'] as const
const [DAY] = ['2026-06-01'] as const
const IMPOSSIBLE = { memberships: [aMembership({ programmeEndDate: '2026-02-31' })] }
const CHANGED = { surname: 'Changed' }

/** A store where something happens before the first write, as if another writer were active. */
function interrupted(
  store: IndexStore,
  before: (generation: GenerationId, writes: readonly StoreWrite[]) => Promise<unknown>,
): IndexStore {
  let isFirst = true
  return altered(store, {
    write: (own) => async (generation, writes, guard) => {
      if (isFirst) {
        isFirst = false
        await before(generation, writes)
      }
      return own(generation, writes, guard)
    },
  })
}

describe('a refresh starts over if', () => {
  test('a row changed since it was read', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE)], {
      days: [DAY],
      store: (store) =>
        interrupted(store, async (generation) => {
          const [stored] = await store.get(generation, ['tcs-1'])
          if (stored === undefined) throw new Error('no row')
          const row = { ...stored.row, parts: { ...stored.row.parts, reason: 'x' } }
          await store.write(generation, [{ op: 'replace', row, token: stored.token }])
        }),
    })
    const [refreshed] = await place.refresh(...(await place.happen(trainee(1, ONE, CHANGED))))
    assert.deepEqual(refreshed && writesOf(refreshed), ['~tcs-1'])
    await place.assertRight()
  })

  test('a row to be created exists', async () => {
    const place = await refreshing(installed(), [], {
      days: [DAY],
      store: (store) => interrupted(store, store.write.bind(store)),
    })
    const [refreshed] = await place.refresh(...(await place.happen(trainee(1, ONE))))
    assert.deepEqual(refreshed?.changes, [])
    await place.assertRight()
  })

  test('a row to be deleted is gone', async () => {
    const place = await refreshing(installed(), [doctor(ONE)], {
      days: [DAY],
      store: (store) => interrupted(store, store.write.bind(store)),
    })
    const [refreshed] = await place.refresh(...(await place.happen(noDoctor(ONE))))
    assert.deepEqual(refreshed?.changes, [])
    await place.assertRight()
  })

  test('but not for ever', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE)], {
      store: (store) => refusingWrites(store, () => ({ status: 'conflict' })),
    })
    const keys = await place.happen(trainee(1, ONE, CHANGED))
    await assert.rejects(place.refresh(...keys), (error) => error instanceof RevalError && error.transient)
    assert.equal(place.requests.filter((request) => request === 'write').length, 20)
  })
})

describe('an error', () => {
  test('of one generation is its result, and the others go on', async () => {
    const gone = new RevalError('GENERATION_UNKNOWN', 'gone')
    const dropped: GenerationId[] = []
    const place = await refreshing(installed(), [trainee(1, ONE)], {
      store: (store) =>
        altered(store, {
          write: (own) => (generation, writes) =>
            dropped.includes(generation) ? Promise.reject(gone) : own(generation, writes),
        }),
    })
    dropped.push(place.targets[0]?.generation ?? '')
    const [first, second] = await place.settle(await place.happen(trainee(1, ONE, CHANGED)))
    assert.deepEqual(first, { status: 'rejected', reason: gone })
    assert.deepEqual(second?.status === 'fulfilled' && writesOf(second.value), ['~tcs-1'])
  })

  for (const operation of ['get', 'findByNumbers', 'makeVisible'] as const) {
    test(`of ${operation} is the result of its generation`, async () => {
      const broken: GenerationId[] = []
      const unlessBroken =
        <Rest extends readonly unknown[], Result>(own: (generation: GenerationId, ...rest: Rest) => Promise<Result>) =>
        (generation: GenerationId, ...rest: Rest): Promise<Result> =>
          broken.includes(generation) ? Promise.reject(new Error('broken')) : own(generation, ...rest)
      const place = await refreshing(installed(), [trainee(1, ONE)], {
        store: (store) => altered(store, { [operation]: unlessBroken }),
      })
      broken.push(place.targets[0]?.generation ?? '')
      const results = await place.settle(await place.happen(trainee(1, ONE, CHANGED)))
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'fulfilled'],
      )
    })
  }

  test('of every generation: the sources are not read', async () => {
    const place = await refreshing(installed(), [], {
      store: (store) => altered(store, { get: () => () => Promise.reject(new Error('broken')) }),
    })
    const results = await place.settle([person(1)])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    assert.ok(!place.requests.includes('trainees'))
  })

  test('of a source rejects the refresh, and nothing is written', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE)], {
      sources: (own) => ({ ...own, doctors: { recordsOf: () => Promise.reject(new Error('source away')) } }),
    })
    await assert.rejects(place.settle([person(1)]), /source away/)
    assert.ok(!place.requests.includes('write'))
  })

  test('after a write is the result, and the next refresh tells what was written', async () => {
    const fault = passingFault(1, 'STORE_FAILED')
    const place = await refreshing(installed(), [trainee(1, ONE), doctor(ONE), doctor(TWO)], {
      days: [DAY],
      store: (store) =>
        altered(store, {
          write: (own) => async (generation, writes, guard) => {
            if (writes.some(({ op }) => op === 'delete')) fault()
            return own(generation, writes, guard)
          },
        }),
    })
    const keys = await place.happen(trainee(1, TWO))
    await assert.rejects(place.refresh(...keys), /so the test wants it/)
    // The row of the number that the trainee left is not among those of the key any more.
    const [refreshed] = await place.refresh(...keys)
    assert.deepEqual(refreshed && writesOf(refreshed), ['+gmc-1111111', '-gmc-2222222', '~tcs-1'])
    const [again] = await place.refresh(...keys)
    assert.deepEqual(again?.changes, [])
    await place.assertRight()
  })

  test('of the ledger is the result, and the failure is recorded next time', async () => {
    const fault = passingFault(1, 'STORE_FAILED')
    const place = await refreshing(installed(), [trainee(1, ONE)], {
      days: [DAY],
      ledger: (ledger) =>
        altered(ledger, {
          addFailures: (own) => async (failures) => {
            fault()
            await own(failures)
          },
        }),
    })
    await assert.rejects(place.refresh(...(await place.happen(trainee(1, ONE, IMPOSSIBLE)))), /so the test wants it/)
    await place.refresh(person(1))
    await place.assertRight()
  })
})

describe('a doctor that one trainee leaves and another joins in the same call', () => {
  const WRITES = 12
  const crashes = [0, 1].flatMap((position) => Array.from({ length: WRITES }, (_, writes) => ({ position, writes })))

  for (const { position, writes } of crashes) {
    test(`survives a crash after ${writes} writes, whichever came first (${position})`, async () => {
      let life = new Life(writes)
      const place = await refreshing(installed(), [trainee(1, ONE), trainee(2, TWO), doctor(TWO)], {
        days: [DAY],
        store: (store) => mortalStore(store, life, position),
      })
      const keys = await place.happen(trainee(1, TWO), trainee(2, THREE))
      await place.settle(keys)
      // The new trainee is gone before both changes are redelivered.
      await place.happen(noTrainee(1))
      life = new Life()
      place.restart()
      await place.refresh(...keys)
      await place.assertRight()
    })
  }
})

describe('where a writer dies before it writes the master rows of a batch, and the sources change back, tables', () => {
  const first = [trainee(1, ONE), doctor(ONE), doctor(TWO), noTrainee(2)]
  const then = [trainee(1, TWO), noDoctor(ONE), doctor(THREE), trainee(2, ONE), doctor(TWO, { admin: 'a' })]
  const atDeath = (life: () => Life) => (store: IndexStore) =>
    mortalStore(store, life(), 0, (...values) => installed().writeInTablesOnly(...values))

  for (const writes of [0, 1, 2, 3, 4, 5]) {
    test(`become like the master when the changes are redelivered (${writes} rows written)`, async () => {
      let life = new Life(writes)
      const place = await refreshing(installed(), first, {
        ...{ days: [DAY], tables: true, rowsPerWrite: 3 },
        store: atDeath(() => life),
      })
      const keys = await place.happen(...then)
      await place.settle(keys)
      assert.ok(life.isOver)
      life = new Life()
      place.restart()
      await place.happen(...first, noDoctor(THREE))
      await place.refreshAgain(...keys)
      await place.assertRight()
    })
  }

  test('become like the master with the next refresh of the same process, whatever its keys are', async () => {
    const fault = passingFault(1, 'STORE_FAILED')
    const place = await refreshing(installed(), first, {
      ...{ days: [DAY], tables: true },
      store: (store) =>
        altered(store, {
          write: (own) => async (generation, writes, guard) => {
            try {
              fault()
            } catch (error) {
              await installed().writeInTablesOnly(generation, writes)
              throw error
            }
            return own(generation, writes, guard)
          },
        }),
    })
    await place.settle(await place.happen(...then))
    await place.happen(...first, noDoctor(THREE))
    await place.refresh(person(9))
    await place.assertRight()
  })
})

describe('rows can be found by number', () => {
  test('before the first refresh of a generation, as an earlier writer may have written them', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE), doctor(ONE)])
    // Without its row only the number leads to the trainee.
    await place.happen(doctor(ONE, { admin: 'b@example.nhs.uk' }))
    for (const refreshed of await place.refresh(number(ONE))) assert.deepEqual(writesOf(refreshed), ['~tcs-1'])
    assert.equal(place.requests[0], 'makeVisible')
  })

  test('at the next refresh if making them visible failed', async () => {
    let isBroken = false
    const place = await refreshing(installed(), [doctor(ONE), doctor(TWO)], {
      days: [DAY],
      store: (store) =>
        altered(store, {
          makeVisible: (own) => (generation) => (isBroken ? Promise.reject(new Error('broken')) : own(generation)),
        }),
    })
    await place.refresh(person(9))
    isBroken = true
    await assert.rejects(place.refresh(...(await place.happen(trainee(1, ONE)))), /broken/)
    isBroken = false
    // The trainee's row is found only by its number, and the source says that it has another now.
    await place.happen(trainee(1, TWO))
    await place.refresh(number(ONE))
    await place.assertRight()
  })

  test('by the refresh of the next term', async () => {
    const place = await refreshing(installed(), [doctor(ONE)])
    await place.refresh(person(9))
    place.restart()
    place.requests.length = 0
    await place.refresh(person(9))
    assert.deepEqual(place.requests.filter((request) => request === 'makeVisible').length, 2)
  })
})

describe('failures', () => {
  test('of rules are recorded and reported once, and removed when the row is right', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE), doctor(TWO)], { days: [DAY] })
    const keys = await place.happen(trainee(1, ONE, IMPOSSIBLE), doctor(TWO, { underNotice: 'PERHAPS' }))
    const [refreshed] = await place.refresh(...keys)
    const expected = [
      { key: 'gmc-2222222', code: 'ROW_VALUE_UNKNOWN' },
      { key: 'tcs-1', code: 'ROW_DATE_IMPOSSIBLE' },
    ]
    const short = (failures: readonly { key: string; code: string }[] = []) =>
      failures.map(({ key, code }) => ({ key, code })).sort((a, b) => (a.key < b.key ? -1 : 1))
    assert.deepEqual(short(refreshed?.failed), expected)
    const [target] = place.targets
    const recorded = target === undefined ? [] : await place.failures(target)
    assert.deepEqual(short(recorded), expected)
    assert.ok(
      recorded.every(({ run, stage, at }) => run === target?.run && stage === 'refresh' && at === place.clock.now()),
    )
    assert.deepEqual(place.told.toSorted(), ['gmc-2222222', 'tcs-1'])

    // Again: reported in the result, and not once more.
    place.requests.length = 0
    const [again] = await place.refresh(...keys)
    assert.deepEqual(short(again?.failed), expected)
    assert.ok(!place.requests.includes('ledger'))
    assert.equal(place.told.length, 2)

    await place.happen(trainee(1, ONE), doctor(TWO))
    const [right] = await place.refresh(...keys)
    assert.deepEqual(right?.failed, [])
    await place.assertRight()
  })

  test('of the run keep their stage and get the present reason', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE, IMPOSSIBLE)], { days: [DAY] })
    const [target] = place.targets
    assert.ok(target)
    const [before] = await place.failures(target)
    await place.refresh(person(1))
    const after = await place.failures(target)
    assert.deepEqual(
      after.map(({ stage }) => stage),
      ['trainees'],
    )
    assert.notEqual(after[0]?.reason, before?.reason)
    await place.refresh(person(1))
    assert.deepEqual(await place.failures(target), after)
  })

  test('of other keys stay', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE, IMPOSSIBLE), doctor(TWO)], { days: [DAY] })
    await place.refresh(...(await place.happen(doctor(TWO, { admin: null }))))
    await place.assertRight()
  })

  test('are read again after a minute: an operator may have discarded one', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE)], { days: [DAY] })
    await place.refresh(...(await place.happen(trainee(1, ONE, IMPOSSIBLE))))
    await installed().ledger.removeFailures(place.targets[0]?.generation ?? '', ['tcs-1'])
    await place.clock.advance(60_000)
    await place.refresh(person(1))
    await place.assertRight()
  })

  test('of the store are recorded, and the other rows are written', async () => {
    let isRefused = true
    const place = await refreshing(installed(), [trainee(1, ONE), doctor(TWO)], {
      days: [DAY],
      store: (store) =>
        refusingWrites(store, (write) =>
          isRefused && idOfWrite(write) === 'tcs-1' ? { status: 'failed', reason: 'too odd' } : null,
        ),
    })
    const keys = await place.happen(trainee(1, ONE, CHANGED), doctor(TWO, { admin: null }))
    const [refreshed] = await place.refresh(...keys)
    assert.deepEqual(refreshed?.failed, [{ key: 'tcs-1', code: 'ROW_WRITE_FAILED', reason: 'too odd' }])
    assert.deepEqual(writesOf(refreshed), ['~gmc-2222222'])
    assert.deepEqual(refreshed.rows.find(({ id }) => id === 'tcs-1')?.parts.trainee?.doctorLastName, 'Khan')
    isRefused = false
    await place.refresh(...keys)
    await place.assertRight()
  })

  test('of the store for a row that only bridges do not stop the others', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE), trainee(2, TWO), doctor(ONE), doctor(TWO)], {
      days: [DAY],
      store: (store) =>
        refusingWrites(store, (write) => (write.op === 'create' ? { status: 'failed', reason: 'too odd' } : null)),
    })
    const [refreshed] = await place.refresh(...(await place.happen(trainee(1, TWO), trainee(2, ONE))))
    assert.deepEqual(refreshed && writesOf(refreshed), ['~tcs-1', '~tcs-2'])
    assert.deepEqual(refreshed?.failed, [])
    await place.assertRight()
  })
})
