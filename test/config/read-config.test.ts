import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../src/config/config.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { faultsOf } from './faults-of.ts'

test('nothing set is the configuration of the documentation', () => {
  assert.deepEqual(readConfig({}), {
    dataDirectory: './data',
    http: { host: '127.0.0.1', port: 8088 },
    log: { level: 'info', format: 'auto' },
    rules: { trainees: 'all', bodies: DESIGNATED_BODIES },
    messages: { rows: 500, bytes: 200_000 },
    writer: { prefetch: 8, rowsPerWrite: 1000, pollMs: 200 },
    claims: { leaseMs: 30_000, timeoutMs: 10_000, tries: 6 },
    runs: { maxBeginnings: 5, stallMs: 120_000, keep: 200 },
    checks: { maxShrink: 0.1, acceptFailures: 0 },
  })
})

test('every variable reaches its own place', () => {
  const environment = {
    REVAL_DATA_DIR: '/srv/reval',
    REVAL_HOST: '::1',
    REVAL_PORT: '0',
    REVAL_LOG_LEVEL: 'debug',
    REVAL_LOG_FORMAT: 'json',
    REVAL_TRAINEES: 'usable',
    REVAL_MESSAGE_ROWS: '1',
    REVAL_MESSAGE_BYTES: '10002',
    REVAL_PREFETCH: '3',
    REVAL_WRITE_ROWS: '4',
    REVAL_POLL_MS: '50',
    REVAL_LEASE_SECONDS: '6',
    REVAL_CLAIM_TIMEOUT_SECONDS: '7',
    REVAL_CLAIM_TRIES: '8',
    REVAL_MAX_BEGINNINGS: '9',
    REVAL_STALL_SECONDS: '10',
    REVAL_CHECK_MAX_SHRINK: '.25',
    REVAL_CHECK_ACCEPT_FAILURES: '11',
    REVAL_KEEP_RUNS: '13',
  }
  const variables = Object.values(SETTINGS).map(({ variable }) => variable)
  const withoutFile = variables.filter((variable) => variable !== 'REVAL_DESIGNATED_BODIES')
  assert.deepEqual(Object.keys(environment).sort(), withoutFile.sort())
  assert.deepEqual(readConfig(environment), {
    dataDirectory: '/srv/reval',
    http: { host: '::1', port: 0 },
    log: { level: 'debug', format: 'json' },
    rules: { trainees: 'usable', bodies: DESIGNATED_BODIES },
    messages: { rows: 1, bytes: 10_002 },
    writer: { prefetch: 3, rowsPerWrite: 4, pollMs: 50 },
    claims: { leaseMs: 6_000, timeoutMs: 7_000, tries: 8 },
    runs: { maxBeginnings: 9, stallMs: 10_000, keep: 13 },
    checks: { maxShrink: 0.25, acceptFailures: 11 },
  })
})

test('what the command line says goes before the environment, and is validated alike', () => {
  const config = readConfig(
    { REVAL_PORT: 'nonsense', REVAL_HOST: '::1' },
    { REVAL_PORT: '9000', REVAL_HOST: undefined },
  )
  assert.deepEqual(config.http, { host: '::1', port: 9000 })
  const faults = faultsOf(() => readConfig({ REVAL_PORT: '9000' }, { REVAL_PORT: '65536' }))
  assert.deepEqual(
    faults.map(({ setting, value }) => [setting, value]),
    [['REVAL_PORT', '65536']],
  )
})

test('a blank variable counts as not set', () => {
  assert.deepEqual(readConfig({ REVAL_PORT: '', REVAL_DESIGNATED_BODIES: ' ' }), readConfig({}))
})

const REFUSED: readonly (readonly [string, readonly string[]])[] = [
  ['REVAL_PORT', ['-1', '65536', '80.5', '0x50', 'http', '1e3', '8088/tcp']],
  ['REVAL_MESSAGE_ROWS', ['0', '10001']],
  ['REVAL_LEASE_SECONDS', ['0', '30s', '3601']],
  ['REVAL_CHECK_MAX_SHRINK', ['1.1', '-0.1', '10%', '0,1', '.', '2']],
  ['REVAL_CHECK_ACCEPT_FAILURES', ['-1', 'all']],
  ['REVAL_LOG_LEVEL', ['INFO', 'loud']],
  ['REVAL_TRAINEES', ['some']],
  ['REVAL_HOST', ['localhost:80', 'http://localhost', '999.1.1.1', 'a b', '[::1]', '-a']],
]

test('every value that does not fit is refused with its setting, its value and a reason', () => {
  for (const [variable, values] of REFUSED) {
    for (const value of values) {
      const faults = faultsOf(() => readConfig({ [variable]: value }))
      assert.deepEqual(
        faults.map((fault) => [fault.setting, fault.value]),
        [[variable, value]],
        `${variable}=${value}`,
      )
      assert.match(faults[0]?.reason ?? '', /^must be /)
    }
  }
})

test('values at the edges are accepted', () => {
  assert.equal(readConfig({ REVAL_PORT: ' 65535 ' }).http.port, 65_535)
  assert.equal(readConfig({ REVAL_HOST: 'reval.internal' }).http.host, 'reval.internal')
  assert.equal(readConfig({ REVAL_HOST: '0.0.0.0' }).http.host, '0.0.0.0')
  for (const share of ['0', '1', '1.0', '0.999', '.5']) {
    assert.equal(readConfig({ REVAL_CHECK_MAX_SHRINK: share }).checks.maxShrink, Number(share))
  }
})

test('all faults are told at once', () => {
  const faults = faultsOf(() =>
    readConfig({
      REVAL_PORT: 'x',
      REVAL_PREFETCH: '0',
      REVAL_DESIGNATED_BODIES: '/nowhere/bodies.json',
      REVAL_PROT: '1',
    }),
  )
  assert.deepEqual(
    faults.map(({ setting }) => setting),
    ['REVAL_PORT', 'REVAL_DESIGNATED_BODIES', 'REVAL_PREFETCH', 'REVAL_PROT'],
  )
})
