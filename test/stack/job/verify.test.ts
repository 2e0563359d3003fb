import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as z from 'zod'
import { VERIFY_DIFFERENCES } from '../../../src/app/json/differences.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { SAMPLE, UNJUDGED, until } from '../../app/job/workplace.ts'
import { changeExports } from '../../cli/changed-exports.ts'
import { plantIn } from '../index-store/search-planting.ts'
import { askEngine } from '../index-store/search-place.ts'
import { servers } from '../servers.ts'
import { Installation } from './installation.ts'

const PERSON = z.object({ tcsPersonId: z.number() })

/** What `reval verify` prints and how it exits. */
async function verify(place: Installation, ...options: readonly string[]) {
  const command = place.run(['verify', '--json', ...options])
  const { code } = await command.end()
  assert.ok(code === 0 || code === 1, JSON.stringify([command.complaints, ...command.logged.slice(-2)]))
  return { code, found: VERIFY_DIFFERENCES.parse(JSON.parse(command.output)) }
}

describe('on the real servers, by four processes', () => {
  test('a verification names what differs, and repairs it', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'reval-verify-'))
    t.after(() => rm(folder, { recursive: true }))
    const changed = join(folder, 'changed')
    await changeExports(SAMPLE, changed)
    // Nothing here announces a change.
    const place = await Installation.make(t, { ...UNJUDGED, REVAL_VERIFY_SETTLE_SECONDS: '1' })
    await place.loadSample()
    const services = await place.startAll()
    await place.sync()
    const right = await place.documents()
    const nothing = { missing: [], surplus: [], different: [], tables: [] }
    assert.deepEqual(await verify(place), { code: 0, found: nothing })

    const { live } = await place.reading(({ ledger }) => readInstallation(ledger))
    const plant = plantIn({
      ask: (method, path, body) => askEngine(servers.search.url, method, path, body),
      searchPrefix: `${place.namespace.prefix}-`,
    })
    const rows = right.masterdoctorindex.map((document) => PERSON.safeParse(JSON.parse(document)).data?.tcsPersonId)
    const [deleted, altered] = rows.flatMap((id) => (id === undefined ? [] : [`tcs-${id}`]))
    assert.ok(live && deleted !== undefined && altered !== undefined)
    await plant(live.generation, deleted, { change: 'delete' })
    await plant(live.generation, altered, { change: 'field', field: 'doctorLastName', value: 'nobody' })
    const wrong = {
      missing: [deleted],
      surplus: [],
      different: [{ id: altered, fields: ['doctorLastName'] }],
      tables: [],
    }
    assert.deepEqual(await verify(place), { code: 1, found: wrong })
    assert.match(await place.reval('status'), /drift: 2 rows differ/)
    assert.deepEqual(await verify(place, '--repair', '--rows'), { code: 0, found: wrong })
    assert.deepEqual(await verify(place), { code: 0, found: nothing })
    assert.deepEqual(await place.documents(), right)

    await place.reval('load', changed, '--force')
    const { code, found } = await verify(place, '--repair')
    assert.deepEqual([code, found.different.length > 100], [0, true])
    const { live: now, building, currentRun } = await place.reading(({ ledger }) => readInstallation(ledger))
    assert.notEqual(now?.run, live.run)
    assert.deepEqual([building, currentRun], [null, null])

    // Without its sender the verification cannot end before the sync looks.
    const tcs = services.get('tcs')?.pid
    assert.ok(tcs)
    process.kill(tcs, 'SIGSTOP')
    const verifying = verify(place)
    await until(async () => (await place.reading(({ ledger }) => readInstallation(ledger))).currentRun !== null)
    const sync = place.run(['sync'])
    try {
      await until(() => Promise.resolve(/run \S+, a verification in progress, ends first/.test(sync.complaints)))
    } finally {
      process.kill(tcs, 'SIGCONT')
    }
    assert.equal((await sync.end()).code, 0, sync.complaints)
    assert.deepEqual(await verifying, { code: 0, found: nothing })
  })
})
