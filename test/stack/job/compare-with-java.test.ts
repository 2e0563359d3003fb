import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RESULTS } from '../../../src/app/json/results.ts'
import { REBUILD_RULES } from '../../../src/domain/java/java-rules.ts'
import { sumOf } from '../../../src/domain/java/java-tally.ts'
import { UNJUDGED } from '../../app/job/workplace.ts'
import { javaIndexesOf } from '../../domain/java/reference-model.ts'
import { sampleForModel } from '../../domain/java/sample-for-model.ts'
import { makeJavaIndexes } from '../index-store/java-indexes.ts'
import { askEngine, settingsOfItsOwn } from '../index-store/search-place.ts'
import { servers } from '../servers.ts'
import { Installation, SERVICES } from './installation.ts'

const { schema: TOLD } = RESULTS['reval compare --with-java --json']

test('a preview differs from what the Java services built of the sample by the rules only, until a document is changed', async (t) => {
  const place = await Installation.make(t, UNJUDGED)
  const ask = (method: string, path: string, body?: object | string) =>
    askEngine(servers.search.url, method, path, body)
  const prefix = `${place.namespace.prefix}-`
  await place.loadSample()
  await makeJavaIndexes({ ask, settings: settingsOfItsOwn({ searchPrefix: prefix }) }, javaIndexesOf(sampleForModel()))
  const missing = await place.refused('compare', '--with-java')
  assert.deepEqual([missing.code, /NOTHING_ADOPTED/.test(missing.complaints)], [2, true])

  await place.reval('adopt', '--indexes', '--why', 'a test')
  const onlyJava = await place.refused('compare', '--with-java')
  assert.match(onlyJava.complaints, /GENERATION_UNKNOWN.*is what the Java services built/)
  const services = await place.startTogether(SERVICES)
  await place.reval('sync', '--preview')
  await services.stop()
  const { explained, unexplained, rows, notCompared } = TOLD.parse(
    JSON.parse(await place.reval('compare', '--with-java', '--json')),
  )
  assert.deepEqual([unexplained.listed, notCompared], [[], ['placementGrade']])
  assert.deepEqual(explained.map(({ rule }) => rule).sort(), Object.keys(REBUILD_RULES).sort())
  assert.deepEqual(rows.exceptionindex, { ours: 68, java: 67 })

  // Anybody can write to the indexes that were adopted.
  const query = { term: { tcsPersonId: 1774 } }
  const script = { source: "ctx._source.programmeName = 'planted'" }
  await ask('POST', `/${prefix}exceptionindex/_update_by_query?refresh=true`, { query, script })
  const differing = place.run(['compare', '--with-java', 'held-back', '--json'])
  assert.equal((await differing.end()).code, 1, differing.complaints)
  const found = TOLD.parse(JSON.parse(differing.output)).unexplained
  assert.equal(sumOf(found.differences), 1)
  assert.deepEqual(found.listed, [
    { index: 'exceptionindex', id: 'tcs-1774', kind: 'different', field: 'programmeName' },
  ])
})
