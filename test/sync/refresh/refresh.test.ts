import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import { aMembership } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import {
  doctor,
  document,
  noDoctor,
  noTrainee,
  number,
  person,
  reason,
  refreshing,
  trainee,
  writesOf,
} from './refreshing.ts'
import { RefreshPlace } from './place.ts'
import type { Happening } from './world.ts'

const installed = RefreshPlace.forFile()
const [ONE, TWO, THREE] = ['1111111', '2222222', '3333333'] as const
const IMPOSSIBLE = { memberships: [aMembership({ programmeEndDate: '2026-02-31' })] }

interface Case {
  readonly first: readonly Happening[]
  readonly then: readonly Happening[]
  /** By default those of what happens then. */
  readonly keys?: readonly ChangedKey[]
  readonly writes: readonly string[]
}

const CASES: Readonly<Record<string, Case>> = {
  'a GMC number is corrected': {
    first: [trainee(1, ONE), doctor(ONE), doctor(TWO)],
    then: [trainee(1, TWO)],
    writes: ['+gmc-1111111', '-gmc-2222222', '~tcs-1'],
  },
  'a second trainee gets a number': {
    first: [trainee(1, ONE), doctor(ONE)],
    then: [trainee(2, ONE)],
    writes: ['+tcs-2'],
  },
  'one of two trainees of a number leaves it': {
    first: [trainee(1, ONE), trainee(2, ONE), doctor(ONE)],
    then: [trainee(1, TWO)],
    writes: ['~tcs-1'],
  },
  'a doctor appears': { first: [], then: [doctor(ONE)], writes: ['+gmc-1111111'] },
  'a doctor appears after its trainees': {
    first: [trainee(1, ONE), trainee(2, ONE)],
    then: [doctor(ONE)],
    writes: ['~tcs-1', '~tcs-2'],
  },
  'a doctor loses the designated body': {
    first: [trainee(1, ONE), doctor(ONE)],
    then: [doctor(ONE, { designatedBodyCode: null })],
    writes: ['~tcs-1'],
  },
  'a doctor is deleted': { first: [doctor(ONE)], then: [noDoctor(ONE)], writes: ['-gmc-1111111'] },
  'the doctor of a trainee is deleted': {
    first: [trainee(1, ONE), doctor(ONE)],
    then: [noDoctor(ONE)],
    writes: ['~tcs-1'],
  },
  'a trainee appears after the doctor': {
    first: [doctor(ONE)],
    then: [trainee(1, ONE)],
    writes: ['+tcs-1', '-gmc-1111111'],
  },
  'a trainee appears, and only the doctor is announced': {
    first: [doctor(ONE)],
    then: [trainee(1, ONE)],
    keys: [number(ONE)],
    writes: ['+tcs-1', '-gmc-1111111'],
  },
  'a person is removed': { first: [trainee(1, ONE)], then: [noTrainee(1)], writes: ['-tcs-1'] },
  'the person of a doctor is removed': {
    first: [trainee(1, ONE), doctor(ONE)],
    then: [noTrainee(1)],
    writes: ['+gmc-1111111', '-tcs-1'],
  },
  'a number becomes text': {
    first: [trainee(1, ONE), doctor(ONE)],
    then: [trainee(1, '1111111 (old)')],
    writes: ['+gmc-1111111', '~tcs-1'],
  },
  'text becomes a number': {
    first: [trainee(1, 'UNKNOWN'), doctor(ONE)],
    then: [trainee(1, ` ${ONE}`)],
    writes: ['-gmc-1111111', '~tcs-1'],
  },
  'a number is removed': {
    first: [trainee(1, ONE), reason(ONE, 'Why')],
    then: [trainee(1, null)],
    writes: ['~tcs-1'],
  },
  'a reason changes': {
    first: [trainee(1, ONE), trainee(2, ONE), reason(ONE, 'Why')],
    then: [reason(ONE, ' ')],
    writes: ['~tcs-1', '~tcs-2'],
  },
  'two trainees swap their numbers': {
    first: [trainee(1, ONE), trainee(2, TWO), doctor(ONE), doctor(TWO)],
    then: [trainee(1, TWO), trainee(2, ONE)],
    writes: ['~tcs-1', '~tcs-2'],
  },
  'two trainees swap their numbers, and only one is announced': {
    first: [trainee(1, ONE), trainee(2, TWO), doctor(ONE), doctor(TWO)],
    then: [trainee(1, TWO), trainee(2, ONE)],
    keys: [person(1)],
    writes: ['~tcs-1', '~tcs-2'],
  },
  'numbers move on in a chain': {
    first: [trainee(1, ONE), trainee(2, TWO), doctor(ONE), doctor(TWO), doctor(THREE)],
    then: [trainee(1, TWO), trainee(2, THREE)],
    writes: ['+gmc-1111111', '-gmc-3333333', '~tcs-1', '~tcs-2'],
  },
  'an _id gets spaces': {
    first: [doctor(ONE)],
    then: [noDoctor(ONE), doctor(` ${ONE}`)],
    writes: ['+gmc- 1111111', '-gmc-1111111'],
  },
  'a second document of a number appears: neither has a row': {
    first: [trainee(1, ONE), doctor(ONE), doctor(TWO)],
    then: [doctor(`${ONE}\u00a0`), doctor(` ${TWO}`)],
    writes: ['-gmc-2222222', '~tcs-1'],
  },
  'the second document of a number is deleted': {
    first: [doctor(ONE), doctor(` ${ONE}`)],
    then: [noDoctor(ONE)],
    writes: ['+gmc- 1111111'],
  },
  'a document whose _id is only text changes': {
    first: [doctor('UNKNOWN')],
    then: [doctor('UNKNOWN', { admin: 'b@example.nhs.uk' })],
    writes: ['~gmc-UNKNOWN'],
  },
  'a document whose _id is only text is deleted': {
    first: [doctor('UNKNOWN')],
    then: [noDoctor('UNKNOWN')],
    writes: ['-gmc-UNKNOWN'],
  },
  'a number is announced as the _id of a document': {
    first: [doctor(ONE)],
    then: [noDoctor(ONE), doctor(` ${ONE}`)],
    keys: [document(ONE)],
    writes: ['+gmc- 1111111', '-gmc-1111111'],
  },
  'a rule refuses a trainee: it has no row': {
    first: [trainee(1, ONE), doctor(ONE)],
    then: [trainee(1, ONE, IMPOSSIBLE)],
    writes: ['+gmc-1111111', '-tcs-1'],
  },
  'a trainee that a rule refused is right again': {
    first: [trainee(1, ONE, IMPOSSIBLE), doctor(ONE)],
    then: [trainee(1, ONE)],
    writes: ['+tcs-1', '-gmc-1111111'],
  },
  'a rule refuses a doctor: the trainee has none': {
    first: [trainee(1, ONE), doctor(ONE)],
    then: [doctor(ONE, { underNotice: 'PERHAPS' })],
    writes: ['~tcs-1'],
  },
  'a document that a rule refused is deleted': {
    first: [doctor(` ${ONE}`, { underNotice: 'PERHAPS' }), doctor('X', { underNotice: 'PERHAPS' })],
    then: [noDoctor(` ${ONE}`), noDoctor('X')],
    writes: [],
  },
  'an _id that no row can have appears': {
    first: [],
    then: [doctor('x'.repeat(200))],
    writes: [],
  },
}

describe('refresh, when', () => {
  for (const [what, { first, then, keys, writes }] of Object.entries(CASES)) {
    test(what, async () => {
      const place = await refreshing(installed(), first)
      const announced = await place.happen(...then)
      const asked = keys ?? announced
      for (const refreshed of await place.refresh(...asked)) assert.deepEqual(writesOf(refreshed), [...writes].sort())
      await place.assertRight()
      place.requests.length = 0
      for (const refreshed of await place.refresh(...asked)) assert.deepEqual(refreshed.changes, [])
      assert.ok(!place.requests.some((request) => ['write', 'makeVisible', 'ledger'].includes(request)))
      await place.assertRight()
    })
  }

  test('it is for the day of each generation', async () => {
    const current = { memberships: [aMembership({ programmeEndDate: '2026-06-01' })] }
    const place = await refreshing(installed(), [trainee(1, ONE)])
    await place.happen(trainee(1, ONE, current))
    const [first, second] = await place.refresh(person(1))
    assert.deepEqual(
      [first, second].map((each) => each?.changes.length),
      [1, 0],
    )
    await place.assertRight()
  })

  test('a key is unknown: it says so and writes nothing', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE), doctor(TWO), reason(THREE, 'Why')])
    const known = [person(1), number(ONE), number(TWO), number(THREE), document(TWO)]
    const unknown = [person(9), number('9999999'), document('nobody'), document(' 2222222')]
    for (const { changes, unknown: said } of await place.refresh(...known, ...unknown)) {
      assert.deepEqual(changes, [])
      assert.deepEqual(said, unknown)
    }
  })

  test('a person was removed: it is known once more, by its row', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE), doctor('OLD')])
    const keys = await place.happen(noTrainee(1), noDoctor('OLD'))
    for (const { unknown } of await place.refresh(...keys, number(ONE))) assert.deepEqual(unknown, [])
    for (const { unknown } of await place.refresh(...keys, number(ONE)))
      assert.deepEqual(unknown, [...keys, number(ONE)])
  })

  test('nothing is asked', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE)])
    assert.deepEqual(
      await place.refresh(),
      place.targets.map(() => ({ changes: [], rows: [], failed: [], unknown: [] })),
    )
  })

  test('it says which rows the keys have, changed or not', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE), trainee(2, ONE), doctor(ONE), doctor(TWO)])
    await place.happen(trainee(1, ONE, { surname: 'Changed' }))
    for (const { rows } of await place.refresh(person(1)))
      assert.deepEqual(rows.map(({ id }) => id).sort(), ['tcs-1', 'tcs-2'])
  })
})

describe('a refresh', () => {
  test('of 500 keys in two generations needs a few requests', async () => {
    const of = (at: number) => String(1_000_000 + at)
    const many = Array.from({ length: 500 }, (_, at) => at)
    const place = await refreshing(
      installed(),
      many.flatMap((at) => [trainee(at, of(at)), doctor(of(at))]),
    )
    await place.refresh(person(0))
    place.requests.length = 0
    const keys = await place.happen(...many.map((at) => trainee(at, of(at), { surname: 'Changed' })))
    for (const { changes } of await place.refresh(...keys)) assert.equal(changes.length, 500)
    const each = (requests: readonly string[]) => [...requests, ...requests]
    const expected = [...each(['get', 'get', 'find', 'write', 'makeVisible']), 'trainees', 'doctors', 'reasons']
    assert.deepEqual(place.requests.toSorted(), expected.toSorted())
  })

  test('of numbers whose trainees have rows reads rows and sources once', async () => {
    const place = await refreshing(installed(), [trainee(1, ONE), doctor(ONE)])
    await place.refresh(person(1))
    place.requests.length = 0
    await place.refresh(number(ONE))
    assert.deepEqual(place.requests.toSorted(), ['doctors', 'find', 'find', 'get', 'get', 'reasons', 'trainees'])
  })

  test('of one key ten thousand times reads it once', async () => {
    const place = await refreshing(installed(), [doctor(ONE)], {
      sources: (own) => ({
        ...own,
        doctors: {
          recordsOf: (keys) => {
            assert.deepEqual(keys, { numbers: [ONE], storedIds: [] })
            return own.doctors.recordsOf(keys)
          },
        },
      }),
    })
    await place.happen(doctor(ONE, { admin: 'b@example.nhs.uk' }))
    const keys = Array.from({ length: 10_000 }, () => number(ONE))
    for (const refreshed of await place.refresh(...keys)) assert.deepEqual(writesOf(refreshed), ['~gmc-1111111'])
  })

  test('splits its writes, creates before replacements before deletions', async () => {
    const sent: string[] = []
    const place = await refreshing(installed(), [doctor(ONE), doctor(TWO), trainee(3, THREE), trainee(4, THREE)], {
      days: ['2026-06-01'],
      rowsPerWrite: 1,
      store: (store) =>
        altered(store, {
          write: (own) => (generation, writes) => {
            sent.push(writes.map(({ op }) => op).join())
            return own(generation, writes)
          },
        }),
    })
    const keys = await place.happen(trainee(1, ONE), trainee(2, TWO), trainee(3, null), trainee(4, null))
    await place.refresh(...keys)
    assert.deepEqual(sent, ['create', 'create', 'replace', 'replace', 'delete', 'delete'])
    await place.assertRight()
  })
})

for (const [what, javaPeers, mended] of [
  ['are made like the master beside a Java connection, which may have made rows of them', ['connection'], true],
  ['need nothing more where all services that write lists are ours', ['integration', 'tcs'], false],
] as const) {
  test(`tables of changed rows ${what}`, async () => {
    const ids: string[] = []
    const mendTables = () => (_generation: string, some: readonly string[]) => {
      ids.push(...some)
      return Promise.resolve()
    }
    const store = (own: IndexStore) => altered(own, { mendTables })
    const place = await refreshing(installed(), [trainee(1, ONE), doctor(ONE)], { javaPeers, store })
    const keys = await place.happen(doctor(ONE, { designatedBodyCode: null }))
    for (const { changes } of await place.refresh(...keys)) assert.equal(changes.length, 1)
    assert.equal(ids.includes('tcs-1'), mended)
  })
}

test('a row that a refresh writes says when and why; one that is right keeps what it says', async () => {
  const { happen, refresh, targets, clock } = await refreshing(installed(), [trainee(1, ONE), trainee(2, TWO)])
  const origins = async () => {
    const [target = assert.fail()] = targets
    const rows = await installed().openStore().get(target.generation, ['tcs-1', 'tcs-2', 'tcs-3'])
    return new Map(rows.map(({ row, origin }) => [row.id, origin]))
  }
  const at = clock.now()
  await refresh(...(await happen(trainee(1, THREE), trainee(3, null))), person(2))
  await clock.advance(1_000)
  await refresh(person(1), person(2), person(3))
  const written = { at, causes: ['resync'] }
  assert.deepEqual(
    await origins(),
    new Map([
      ['tcs-1', written],
      ['tcs-2', null],
      ['tcs-3', written],
    ]),
  )
})
