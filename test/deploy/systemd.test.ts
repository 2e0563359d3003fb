import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { SERVICE_NAMES } from '../../src/ports/run-ledger.ts'
import { ROOT } from './tools.ts'

const UNIT = readFileSync(join(ROOT, 'deploy/systemd/reval@.service'), 'utf8')
const INSTALLED = '/opt/reval-sync/node_modules/.bin/reval'

/** What systemd says against the unit of a service; empty if nothing. */
async function saidOf(t: TestContext, unit: string, service: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reval-unit-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, `reval@${service}.service`)
  // systemd checks that the program exists.
  await writeFile(file, unit.replace(INSTALLED, join(ROOT, 'bin/reval')))
  const { stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', file], {
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  return stderr
}

/** What is wrong with the unit, beyond what systemd says; empty if nothing. */
function faultsOf(unit: string): readonly string[] {
  const values = new Map([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]))
  const faults: string[] = []
  if (values.get('ExecStart') !== `${INSTALLED} start %i`) faults.push('does not start its service')
  if (['', 'root'].includes(values.get('User') ?? '')) faults.push('runs as root')
  if (values.get('ProtectSystem') !== 'strict') faults.push('may write anywhere')
  // Three parts of a process have 10 s to stop, one after the other.
  if (Number(values.get('TimeoutStopSec')) <= 30) faults.push('is killed while it stops')
  if (!unit.includes('Environment=REVAL_SCRATCH_DIR=/var/lib/') || !values.has('StateDirectory')) {
    faults.push('has no directory for workspaces')
  }
  return faults
}

for (const service of SERVICE_NAMES) {
  test(`systemd accepts the unit of ${service}`, async (t) => {
    assert.equal(await saidOf(t, UNIT, service), '')
  })
}

test('the unit keeps our rules', () => {
  assert.deepEqual(faultsOf(UNIT), [])
})

test('a mistake in the unit is found', async (t) => {
  for (const [from, to, said] of [
    ['ProtectSystem=', 'ProtectSytem=', /Unknown key 'ProtectSytem'/],
    ['Type=exec', 'Type=exc', /Failed to parse service type/],
    ['TimeoutStopSec=60', 'TimeoutStopSec=soon', /Failed to parse time value/],
  ] as const) {
    assert.match(await saidOf(t, UNIT.replace(from, to), 'tcs'), said)
  }
  for (const [from, to, said] of [
    ['User=reval', 'User=root', 'runs as root'],
    ['ProtectSystem=strict', 'ProtectSystem=full', 'may write anywhere'],
    ['TimeoutStopSec=60', 'TimeoutStopSec=10', 'is killed while it stops'],
    ['start %i', 'start', 'does not start its service'],
    ['StateDirectory=', 'CacheDirectory=', 'has no directory for workspaces'],
  ] as const) {
    assert.deepEqual(faultsOf(UNIT.replace(from, to)), [said])
  }
})
