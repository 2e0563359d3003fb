import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from '../../src/config/read-settings.ts'
import { describeSettings, SETTINGS } from '../../src/config/settings.ts'
import { path, setting, wholeNumber } from '../../src/adapters/setting.ts'
import { faultsOf } from './faults-of.ts'

const TABLE = {
  workers: setting({
    variable: 'REVAL_WORKERS',
    schema: wholeNumber(1, 9),
    fallback: '2',
    unit: null,
    description: 'how many',
  }),
  password: setting({
    variable: 'REVAL_PASSWORD',
    schema: path(),
    fallback: 'none',
    unit: null,
    description: 'a secret',
    secret: true,
  }),
} as const

test('the value of a secret appears in no error', () => {
  const secret = 'hush\0hush'
  const faults = faultsOf(() => readSettings(TABLE, { REVAL_PASSWORD: secret, REVAL_PASSWRD: secret }))
  assert.deepEqual(
    faults.map((fault) => [fault.setting, 'value' in fault]),
    [
      ['REVAL_PASSWORD', false],
      ['REVAL_PASSWRD', false],
    ],
  )
  assert.doesNotMatch(JSON.stringify(faults), /hush/)
})

test('a long value is cut', () => {
  const [fault] = faultsOf(() => readSettings(TABLE, { REVAL_WORKERS: '7'.repeat(5_000) }))
  assert.equal(fault?.value, '7'.repeat(100))
})

test('a misspelt variable is an error that suggests the right one', () => {
  const meant = (variable: string) => {
    const [fault] = faultsOf(() => readSettings(SETTINGS, { [variable]: '1' }))
    return fault?.reason.match(/REVAL_[A-Z_]+/g) ?? []
  }
  assert.deepEqual(meant('REVAL_PROT'), ['REVAL_PORT'])
  assert.deepEqual(meant('reval_port'), ['REVAL_PORT'])
  assert.deepEqual(meant('REVAL_KEEP_RUN'), ['REVAL_KEEP_RUNS'])
  assert.deepEqual(meant('REVAL_LEASE_SECOND'), ['REVAL_LEASE_SECONDS'])
  assert.equal(meant('REVAL_COLOUR_OF_THE_SKY').length, 0)
})

test('variables of other programs are ignored', () => {
  assert.deepEqual(
    readSettings(TABLE, { PATH: '/bin', REVALIDATION: 'yes', XREVAL_PORT: 'x', REVAL_GONE: undefined }),
    {
      workers: 2,
      password: 'none',
    },
  )
})

test('variables that Kubernetes adds for a service of that name are refused, with the remedy', () => {
  const [fault] = faultsOf(() => readSettings(TABLE, { REVAL_SERVICE_HOST: '10.0.0.1' }))
  assert.match(fault?.reason ?? '', /enableServiceLinks/)
})

test('every setting has a description and a valid default', () => {
  const described = describeSettings()
  assert.deepEqual(
    described.map(({ variable }) => variable),
    Object.values(SETTINGS).map(({ variable }) => variable),
  )
  assert.equal(new Set(described.map(({ variable }) => variable)).size, described.length)
  for (const { variable, fallback, description } of described) {
    assert.match(variable, /^REVAL_[A-Z]+(_[A-Z]+)*$/)
    assert.match(description, /^[^\n]{10,100}[^.\n]$/)
    assert.doesNotThrow(() => readSettings(SETTINGS, { [variable]: fallback }), variable)
  }
})

test('quotes around a value, and line ends in paths and secrets, are refused', () => {
  const reasons = (environment: Record<string, string>) =>
    faultsOf(() => readSettings(SETTINGS, environment)).map(({ setting, reason }) => `${setting} ${reason}`)
  const quotes = 'is quoted, and the quotes would be part of the value; remove them'
  assert.deepEqual(reasons({ REVAL_DATA_DIR: '"./x"', REVAL_HOST: "'127.0.0.1'", REVAL_SCRATCH_DIR: ' "a b"\r' }), [
    `REVAL_DATA_DIR ${quotes}`,
    `REVAL_SCRATCH_DIR ${quotes}`,
    `REVAL_HOST ${quotes}`,
  ])
  const path = 'must be a path without control characters'
  const secret = 'must not contain control characters'
  assert.deepEqual(
    reasons({ REVAL_DATA_DIR: './x\r', REVAL_SCRATCH_DIR: 'a\nb', REVAL_OPERATOR_TOKEN: 'a secret of an operator\r' }),
    [`REVAL_DATA_DIR ${path}`, `REVAL_SCRATCH_DIR ${path}`, `REVAL_OPERATOR_TOKEN ${secret}`],
  )
  const fine = {
    REVAL_DATA_DIR: './Ann\'s "data"',
    REVAL_OPERATOR_TOKEN: '"quotes may belong to it"',
    REVAL_PORT: '80\r',
  }
  const read = readSettings(SETTINGS, fine)
  assert.deepEqual([read.dataDir, read.operatorToken, read.port], [...Object.values(fine).slice(0, 2), 80])
})
