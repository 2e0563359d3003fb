import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { answerTo, likelyReasons, placesLooked } from '../../../src/sync/explain/answer.ts'
import type { Explanation } from '../../../src/sync/explain/explanation.ts'
import { Workplace } from '../../app/job/workplace.ts'
import { altered } from '../../faults/altered.ts'
import { Situations } from './situations.ts'

let situations: Situations
const cleaning: (() => Promise<void>)[] = []
before(async () => {
  situations = await Situations.make({ after: (clean) => cleaning.unshift(clean) })
})
after(async () => {
  for (const clean of cleaning) await clean()
})

const ids = ({ live }: Explanation) => live.map(({ id }) => id)
const listsOf = ({ live }: Explanation, at = 0) =>
  live[at]?.lists.flatMap(({ list, isIn }) => (isIn ? list.replace('index', '') : []))
const always = ['masterdoctor', 'recommendation']
const GMC_GIVES_WESSEX = 'Not in disconnected: the GMC gives the designated body 1-1RUZUSF (Wessex).'
const OTHERWISE = (what: string) => [
  `The lists do not match TCS and the GMC data: a resync would ${what}.`,
  'No change is waiting to be applied.',
]

describe('explaining', () => {
  test('a doctor without a designated body', async () => {
    const found = await situations.explain('7012345')
    assert.deepEqual(listsOf(found), [...always, 'disconnected'])
    assert.deepEqual(answerTo(found).slice(0, 2), [
      'In 3 of 5 lists: master, recommendation, disconnected.',
      'Not in connected: the GMC gives no designated body for this doctor.',
    ])
    assert.equal(answerTo(found).at(-1), 'The lists match TCS and the GMC data.')
    const { persons, documents } = found.sources
    assert.ok(persons.isKnown && documents.isKnown)
    assert.deepEqual(
      persons.value.map(({ person, isCurrent }) => [person.personId, person.surname, isCurrent]),
      [[4711, "O'Brien", [true]]],
    )
    assert.deepEqual(
      documents.value.map(({ doctor, latest }) => [doctor.storedId, latest?.actualSubmissionDate]),
      [['7012345', '2026-05-20']],
    )
  })

  test('means the same by person id, row id and number, whatever spaces are around it', async () => {
    const { key, ...expected } = await situations.explain('7012345')
    for (const other of ['4711', 'tcs-4711', 'gmc-7012345', ' 7012345 ']) {
      const found = await situations.explain(other)
      assert.deepEqual({ ...found, key, meanings: [] }, { ...expected, key, meanings: [] })
    }
  })

  test('a row that the sources now require otherwise', async () => {
    const found = await situations.explain('7012352')
    assert.deepEqual(listsOf(found), [...always, 'connected', 'exception'])
    assert.deepEqual(answerTo(found), [
      'In 4 of 5 lists: master, recommendation, connected, exceptions.',
      GMC_GIVES_WESSEX,
      'In exceptions: membership ended 2026-11-25 and the doctor is connected.',
      ...OTHERWISE('change tcs-4712 (membershipEndDate)'),
    ])
    assert.ok(found.resync.isKnown)
    const fields = [{ field: 'membershipEndDate', before: '2026-11-25', after: '2027-11-25' }]
    assert.deepEqual(found.resync.value, { changes: [{ id: 'tcs-4712', op: 'replace', fields }], refused: [] })
  })

  test('a number that two persons share: both rows', async () => {
    for (const key of ['7012369', '4721', 'tcs-4722']) {
      const found = await situations.explain(key)
      assert.deepEqual(ids(found), ['tcs-4721', 'tcs-4722'])
      assert.deepEqual(found.shared, [{ number: '7012369', personIds: [4721, 4722] }])
      assert.match(
        answerTo(found).join('\n'),
        /^2 rows in the lists\.\nPersons 4721, 4722 .*\ntcs-4721, tcs-4722: In 3 /,
      )
    }
  })

  test('a row that a change refreshed, and when', async () => {
    const found = await situations.explain('7012376')
    const by = "tcs-4731 was last written 2026-11-26T10:58:03.000Z, by a change of the GMC's doctors."
    assert.equal(answerTo(found)[3], by)
  })

  test('the same row in the generations that are kept', async () => {
    const { generations } = await situations.explain('4741')
    const dates = generations.map(({ kept, day, createdAt, rows }) => {
      assert.ok(rows.isKnown)
      return [kept, day, createdAt, rows.value.map(({ document }) => document.submissionDate)]
    })
    assert.deepEqual(dates, [
      ['live', '2026-11-25', Date.UTC(2026, 10, 25, 5, 4, 12), ['2027-03-01']],
      ['previous', '2026-11-24', Date.UTC(2026, 10, 24, 5, 4, 12), ['2027-01-05']],
    ])
  })

  test('a row that failed', async () => {
    for (const key of ['4751', '7012406']) {
      const found = await situations.explain(key)
      const why = 'dateFrom: "2026-02-30" is not a valid date (YYYY-MM-DD). Correct the date in the source'
      assert.deepEqual(answerTo(found), [`In no list: the record tcs-4751 is refused: ${why}.`])
      assert.deepEqual(
        found.failures.map(({ of, stage, key: failed, code }) => [of, stage, failed, code]),
        [
          ['live', 'trainees', 'tcs-4751', 'ROW_DATE_IMPOSSIBLE'],
          ['previous', 'trainees', 'tcs-4751', 'ROW_DATE_IMPOSSIBLE'],
        ],
      )
    }
  })

  test('a row whose doctor failed', async () => {
    const found = await situations.explain('4801')
    assert.deepEqual(listsOf(found), [...always, 'disconnected'])
    const answer = answerTo(found)
    assert.equal(answer[1], 'Not in connected: the GMC data had no doctor with the number 7012482.')
    assert.match(
      answer.join('\n'),
      /^The record gmc-7012482 is refused: submissionDate: "2026-06-31" is not a valid date/m,
    )
  })

  test('text in place of a number joins nothing', async () => {
    assert.deepEqual(ids(await situations.explain('4761')), ['tcs-4761'])
    assert.deepEqual(ids(await situations.explain('7012413')), ['gmc-7012413'])
    assert.match(answerTo(await situations.explain('4761'))[1] ?? '', /"7012413 \(old\)" is not a GMC number/)
  })

  test('a person that is in TCS, and not in live yet', async () => {
    const found = await situations.explain('7012420')
    assert.deepEqual(answerTo(found), [
      'In no list: TCS or the GMC data has it, but the lists do not yet.',
      ...OTHERWISE('add tcs-4771'),
    ])
  })

  test('a person that the selection leaves out', async () => {
    const settings = { ...situations.context.settings, trainees: 'usable' } as const
    const found = await situations.explain('4772', { settings })
    assert.deepEqual(answerTo(found), [
      'In no list: REVAL_TRAINEES=usable leaves out person 4772, because the role contains "placeholder".',
    ])
  })

  test('an id of a person that is also a GMC number: both; a person without a number', async () => {
    const found = await situations.explain('7012451')
    assert.deepEqual(ids(found), ['gmc-7012451', 'tcs-7012451'])
    assert.match(answerTo(found)[1] ?? '', /^gmc-7012451: In 3 /)
    assert.match(answerTo(found)[2] ?? '', /^tcs-7012451: In 3 .* TCS has no GMC number for this person/)
    assert.deepEqual(ids(await situations.explain('tcs-7012451')), ['tcs-7012451'])
  })

  test('a number of which only an exception reason is known', async () => {
    const found = await situations.explain('7012475')
    assert.ok(found.isKnown)
    assert.match(answerTo(found)[0] ?? '', /^In no list: only an exception reason has this number/)
  })

  test('an unknown key: the places searched, and why it may be unknown', async () => {
    const found = await situations.explain('7012390')
    assert.ok(!found.isKnown)
    assert.deepEqual(answerTo(found), ['Nothing is known of 7012390: it is in no list.'])
    assert.deepEqual(placesLooked(found), [
      'TCS: person 7012390, GMC number 7012390',
      'GMC data: GMC number 7012390',
      'exception reasons: GMC number 7012390',
      'rows of the live generation',
      'rows of the previous generation',
      'failed rows of these generations and of a run in progress',
      'dead letters',
    ])
    assert.match(likelyReasons(found).join('\n'), /such as "7012390 \(old\)".*\nno change is waiting/)
    assert.match(likelyReasons(await situations.explain('701239'))[0] ?? '', /seven digits/)
    assert.match(likelyReasons(await situations.explain("O'Neill"))[0] ?? '', /^names cannot be looked up/)
  })

  test('nonsense is refused', async () => {
    for (const key of ['', '  ', 'x'.repeat(200)]) await assert.rejects(situations.explain(key), { code: 'USAGE' })
  })
})

describe('what cannot be read is not known, and the rest is explained', () => {
  const away = () => Promise.reject(new RevalError('SERVER_UNREACHABLE', 'TCS is away'))

  test('a source', async () => {
    const { sources } = situations.context
    let asked = 0
    const recordsOf = () => {
      asked += 1
      return away()
    }
    const found = await situations.explain('7012352', { sources: { ...sources, trainees: { recordsOf } } })
    assert.deepEqual(found.sources.persons, { isKnown: false, code: 'SERVER_UNREACHABLE', reason: 'TCS is away' })
    assert.ok(found.sources.documents.isKnown && found.sources.documents.value.length === 1)
    assert.deepEqual(listsOf(found), [...always, 'connected', 'exception'])
    assert.ok(!found.resync.isKnown)
    assert.equal(
      answerTo(found).at(-1),
      'Whether the lists match TCS and the GMC data is not known: not every source can be read.',
    )
    assert.equal(asked, 1)
    const unknown = await situations.explain('7012390', { sources: { ...sources, trainees: { recordsOf: away } } })
    assert.ok(placesLooked(unknown).includes('TCS: person 7012390, GMC number 7012390 (could not be read)'))
    const person = await situations.explain('4771', { sources: { ...sources, trainees: { recordsOf: away } } })
    assert.deepEqual(answerTo(person), ['Nothing is known of 4771, but TCS cannot be read now.'])
  })

  test('a source that does not answer', async () => {
    const { sources, clock } = situations.context
    const recordsOf = () => new Promise<never>(() => undefined)
    const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 20))
    const found = await situations.explain('7012352', {
      sources: { ...sources, trainees: { recordsOf } },
      clock: altered(clock, { wait: () => wait }),
    })
    assert.deepEqual(found.sources.persons, {
      isKnown: false,
      code: 'SERVER_UNREACHABLE',
      reason: 'no answer within 5 s',
    })
    assert.deepEqual(ids(found), ['tcs-4712'])
  })

  test('the dead letters', async () => {
    const found = await situations.explain('7012345', { letters: away })
    assert.ok(!found.deadLetters.isKnown)
    assert.deepEqual(listsOf(found), [...always, 'disconnected'])
  })

  test('a generation of another version', async () => {
    const { store } = situations.context
    const generations = async () => (await store.generations()).map((each) => ({ ...each, assembleVersion: 1 }))
    const found = await situations.explain('7012345', { store: altered(store, { generations: () => generations }) })
    assert.match(answerTo(found)[0] ?? '', /^Not known: the rows of the live generation cannot be read/)
    assert.ok(found.isKnown && found.sources.persons.isKnown)
    assert.deepEqual(
      found.sources.persons.value.map(({ person }) => person.personId),
      [4711],
    )
  })

  test('live that is dropped meanwhile is looked up again', async () => {
    const { store, ledger } = situations.context
    const { live } = await readInstallation(ledger)
    let isFirst = true
    const found = await situations.explain('7012345', {
      store: altered(store, {
        get: (own) => (generation, rowIds) => {
          if (!isFirst || generation !== live?.generation) return own(generation, rowIds)
          isFirst = false
          return Promise.reject(new RevalError('GENERATION_UNKNOWN', 'dropped'))
        },
      }),
    })
    assert.ok(!isFirst)
    assert.deepEqual(ids(found), ['tcs-4711'])
  })
})

test('before anything is live, the sources are explained', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  await place.reading(async ({ ledger, store }) => {
    const found = await situations.explain('4771', { ledger, store })
    assert.deepEqual(found.generations, [])
    assert.equal(answerTo(found)[0], 'In no list: nothing is live yet.')
  })
})

test('dead letters and failures about the key are found', async () => {
  const { ledger, broker, events } = situations.worker.context
  const refused = new Promise((resolve) => events.once('message.deadLettered', resolve))
  const body = '[{"tcsPersonId":4711},{"surname":"Smith"},{"tcsPersonId":990011}]'
  await broker.publish('traineeChanged', { body: Buffer.from(body), attributes: {} })
  await refused
  const found = await situations.explain('7012345')
  assert.ok(found.deadLetters.isKnown)
  assert.deepEqual(
    found.deadLetters.value.map(({ place, code }) => [place, code]),
    [['traineeChanged', 'CHANGE_KEY_MISSING']],
  )
  const other = await situations.explain('7012369')
  assert.ok(other.deadLetters.isKnown && other.deadLetters.value.length === 0)
  assert.ok((await situations.explain('990011')).isKnown, 'only the dead letter knows it')

  const { live } = await readInstallation(ledger)
  const generation = live?.generation ?? ''
  const row = { run: live?.run ?? '', generation, stage: 'doctors', at: 1, reason: 'sanction: wrong' } as const
  await ledger.addFailures([{ ...row, key: 'gmc- 7012391 ', code: 'ROW_FIELD_INVALID' }])
  const failed = await situations.explain('7012391')
  assert.ok(failed.isKnown)
  assert.match(answerTo(failed)[0] ?? '', /^In no list: the record gmc- 7012391 {2}is refused: sanction: wrong/)
})
