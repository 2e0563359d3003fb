import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { backendsOf } from '../../../src/app/backends.ts'
import { RESULTS } from '../../../src/app/json/results.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { until } from '../../app/job/workplace.ts'
import { Installation, SERVICES } from './installation.ts'
import type { RevalProcess } from './process.ts'

const { schema } = RESULTS['reval explain --json, GET /api/sync/explain/:key']

/** Of the sample: a trainee with a doctor, by number and by person id. */
const [NUMBER, PERSON] = ['7131824', '1001']

async function explained(serving: RevalProcess, key: string) {
  const response = await fetch(`${await serving.address()}/api/sync/explain/${key}`)
  assert.equal(response.status, 200)
  return schema.parse(await response.json())
}

describe('explaining on the real servers', () => {
  test('by command and over HTTP, with what every server knows', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    const serving = await place.startTogether(SERVICES)
    await place.sync()
    const config = readConfig({ ...environment(), ...place.environment })
    const broker = await (await backendsOf(config)).openBroker(config)
    assert.ok(broker !== null)
    t.after(() => broker.close())
    const letter = Buffer.from(`[{"tcsPersonId":${PERSON}},{"x":"Smith"}]`)
    await broker.publish('traineeChanged', { body: letter, attributes: {} })
    await until(async () => (await broker.deadLetters('traineeChanged', 10)).length === 1)

    for (const found of [
      await explained(serving, NUMBER),
      await explained(serving, PERSON),
      schema.parse(JSON.parse(await place.reval('explain', NUMBER, '--json'))),
    ]) {
      assert.equal(found.answer[0], 'In 3 of 5 lists: master, recommendation, connected.')
      assert.equal(found.answer.at(-1), 'The lists match TCS and the GMC data.')
      assert.deepEqual(
        found.rows.map(({ id }) => id),
        ['tcs-1001'],
      )
      const { persons, doctors, exceptionReasons } = found.sources
      assert.deepEqual([persons.value?.length, doctors.value?.length, exceptionReasons.notKnown], [1, 1, null])
      assert.deepEqual(
        found.deadLetters.value?.map(({ place: queue, keys }) => [queue, keys]),
        [['traineeChanged', ['tcs-1001']]],
      )
    }
    const unknown = await explained(serving, '7131825')
    assert.deepEqual([unknown.isKnown, unknown.looked.join().includes('could not')], [false, false])
    assert.doesNotMatch(JSON.stringify(serving.logged), /7131824|Nguyễn|SOUZA/)
  })

  test('a source or broker that this process is not configured for is not known', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    await place.startTogether(SERVICES)
    await place.sync()
    const settings = { REVAL_MYSQL_URL: '', REVAL_RABBITMQ_URL: '' }
    const command = place.run(['explain', NUMBER, '--json'], settings)
    assert.equal((await command.end()).code, 0, command.complaints)
    const found = schema.parse(JSON.parse(command.output))
    assert.equal(found.answer[0], 'In 3 of 5 lists: master, recommendation, connected.')
    const reasonOf = ({ notKnown }: { readonly notKnown: { readonly reason: string } | null }) => notKnown?.reason
    assert.equal(reasonOf(found.sources.persons), 'TCS cannot be read: REVAL_MYSQL_URL not set')
    assert.equal(reasonOf(found.deadLetters), 'the dead letters cannot be read: REVAL_RABBITMQ_URL not set')
    assert.equal(found.sources.doctors.value?.length, 1)
  })
})
