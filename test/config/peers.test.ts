import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../src/config/config.ts'
import { peersFindings, refusedPeers } from '../../src/config/peers.ts'
import { SERVICE_NAMES, type ServiceName } from '../../src/ports/run-ledger.ts'
import { faultsOf } from './faults-of.ts'

const NO_GENERATION = /^connection has no work beside a Java integration/
const TABLES = /must be tables beside a Java/

/** Every choice of Java services, ours being the others: what is refused with lists as views, and with tables. */
const CHOICES: Readonly<Record<string, readonly [views: RegExp | null, tables: RegExp | null]>> = {
  '': [null, null],
  tcs: [null, null],
  recommendation: [TABLES, null],
  connection: [TABLES, null],
  'tcs,recommendation': [TABLES, null],
  'tcs,connection': [TABLES, null],
  'recommendation,connection': [TABLES, null],
  'tcs,recommendation,connection': [TABLES, null],
  integration: [NO_GENERATION, NO_GENERATION],
  'integration,tcs': [NO_GENERATION, NO_GENERATION],
  'integration,recommendation': [NO_GENERATION, NO_GENERATION],
  'integration,connection': [null, null],
  'integration,tcs,recommendation': [NO_GENERATION, NO_GENERATION],
  'integration,tcs,connection': [null, null],
  'integration,recommendation,connection': [null, null],
  'integration,tcs,recommendation,connection': [null, null],
}

test('a choice of Java services is refused only where it is impossible, with the reason', () => {
  assert.equal(Object.keys(CHOICES).length, 2 ** SERVICE_NAMES.length)
  for (const [names, expected] of Object.entries(CHOICES)) {
    const java = SERVICE_NAMES.filter((service) => names.split(',').includes(service))
    const ours = SERVICE_NAMES.filter((service) => !java.includes(service))
    for (const [at, lists] of (['views', 'tables'] as const).entries()) {
      const reasons = refusedPeers(java, ours, lists).map(({ reason }) => reason)
      const wanted = expected[at] ?? null
      if (wanted === null) assert.deepEqual(reasons, [], names)
      else
        assert.ok(reasons.length > 0 && reasons.every((reason) => wanted.test(reason)), `${names}: ${reasons.join()}`)
    }
  }
})

test('a process is refused for what it starts, not for what other processes do', () => {
  for (const java of [['recommendation'], ['integration']] as const)
    assert.deepEqual(refusedPeers(java, ['tcs'], 'views'), [])
  const [fault] = refusedPeers(['tcs'], ['tcs'], 'views')
  assert.match(fault?.reason ?? '', /tcs is started here, but listed as a Java service/)
})

test('refusals are faults of the setting to change', () => {
  const faultsWith = (peers: string, lists: string, roles: readonly ServiceName[]) =>
    faultsOf(() => readConfig({ REVAL_JAVA_PEERS: peers, REVAL_LISTS: lists }, {}, roles)).map(({ setting }) => setting)
  assert.deepEqual(faultsWith('connection', 'views', ['integration']), ['REVAL_LISTS'])
  assert.deepEqual(faultsWith('integration', 'tables', ['connection']), ['REVAL_JAVA_PEERS'])
  assert.deepEqual(faultsWith('everything', 'tables', []), ['REVAL_JAVA_PEERS'])
})

test('config check names the writer of each list, and what is lost beside a Java service', () => {
  const found = peersFindings({ javaPeers: ['connection'], lists: { builtAs: 'tables' } })
  assert.deepEqual(
    found.map(({ status, what }) => [status, what]),
    [
      ['ok', 'Java services (REVAL_JAVA_PEERS)'],
      ['ok', 'lists of recommendation'],
      ['ok', 'lists of connection'],
      ['warn', 'beside the Java connection'],
      ['warn', 'beside the Java connection'],
      ['warn', 'beside the Java connection'],
    ],
  )
  const texts = found.map((each) => each.found)
  assert.equal(texts[1], 'recommendationindex: written by integration')
  assert.equal(
    texts[2],
    'connectedindex, disconnectedindex, exceptionindex: written by integration and by the Java connection',
  )
  assert.match(texts[3] ?? '', /counted by its own service too: no: getMaster/)
})

test('what two Java services take away alike is said once, and beside a Java integration only what follows from it', () => {
  const causes = (javaPeers: readonly ServiceName[]) =>
    peersFindings({ javaPeers, lists: { builtAs: 'tables' } })
      .filter(({ status }) => status === 'warn')
      .map(({ what, found }) => [what, found.split(':')[0]])
  const both = causes(['recommendation', 'connection'])
  assert.deepEqual(
    both.filter(([what]) => what === 'beside the Java recommendation and connection').map(([, guarantee]) => guarantee),
    ['each list is counted by its own service too', 'exceptionindex is that of today'],
  )
  assert.deepEqual(causes(['integration', 'recommendation', 'connection']), causes(['integration']))
})

test('with all services ours, nothing is lost', () => {
  const found = peersFindings({ javaPeers: [], lists: { builtAs: 'views' } })
  assert.deepEqual(
    found.map((each) => each.found),
    [
      'none',
      'recommendationindex: views of the master index',
      'connectedindex, disconnectedindex, exceptionindex: views of the master index',
    ],
  )
})
