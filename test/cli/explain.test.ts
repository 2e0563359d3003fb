import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { RESULTS } from '../../src/app/json/results.ts'
import { Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, reval } from './reval.ts'

const JSON_RESULT = RESULTS['reval explain --json, GET /api/sync/explain/:key'].schema

describe('reval explain', { concurrency: 2 }, () => {
  let place: Workplace
  const cleaning: (() => Promise<void>)[] = []
  before(async () => {
    place = await Workplace.make({ after: (clean) => cleaning.unshift(clean) })
    await place.loadFew()
    await runAnew(place)
  })
  after(async () => {
    for (const clean of cleaning) await clean()
  })
  const explain = (...args: readonly string[]) => reval(['explain', ...args, ...at(place.directory)])

  test('answers first, then shows lists, values, sources and history', async () => {
    const { code, out, err } = await explain('7000006')
    assert.deepEqual([code, err], [0, ''])
    const [answer = '', ...sections] = out.split('\n\n')
    assert.match(answer, /^In 3 of 5 lists: master, recommendation, connected\.\nNot in disconnected: .*\(Wessex\)\.\n/)
    const titles = sections.map((section) => section.split('\n')[0])
    assert.deepEqual(titles, [
      'Row tcs-6: few few, 7000006',
      '  field                live           by TCS         by the GMC',
      'TCS now',
      'A resync would change nothing',
      'Generations',
      'Failed rows: none',
    ])
    assert.match(out, /^ {2}designatedBody {7}1-1RUZUSF +1-1RUZUSF$/m)
    assert.match(out, /^ {2}live: run .*\n {4}tcs-6: as its run wrote it$/m)
    assert.match(out, /^Dead letters: not known: only the process that runs the services has them/m)
  })

  test('prints what docs/json.md says', async () => {
    for (const [key, status] of [
      ['7000001', 0],
      ['tcs-6', 0],
      ['7654321', 1],
    ] as const) {
      const { code, out, err } = await explain(key, '--json')
      assert.equal(code, status, err)
      JSON_RESULT.parse(JSON.parse(out))
    }
  })

  test('exits with 1 if nothing is known, and with 2 if nothing can be', async () => {
    const unknown = await explain('7654321')
    assert.equal(unknown.code, 1)
    assert.match(unknown.out, /^Nothing is known of 7654321: it is in no list\.\n\nLooked in:\n {2}TCS: person 7654321/)
    const nonsense = await explain(' ')
    assert.deepEqual([nonsense.code, nonsense.out], [2, ''])
    assert.match(nonsense.err, /error USAGE: /)
  })

  test('beside a running service, a row that the sources require otherwise', async (t) => {
    const other = await Workplace.copyOf(t, place)
    const worker = await other.start()
    await other.loadFew({ label: 'changed' })
    const { code, out } = await reval(['explain', '6', ...at(other.directory)])
    assert.equal(code, 0)
    assert.match(out, /^The lists do not match TCS and the GMC data: a resync would change tcs-6 \(doctorFirstName/m)
    assert.match(out, /^ {2}doctorLastName +few +few +few +changed$/m)
    assert.match(out, /^ {2}change doctorLastName of tcs-6 from few to changed$/m)
    await worker.stop()
  })
})
