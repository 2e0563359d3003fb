import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as z from 'zod'
import { backendsOf } from '../../../src/app/backends.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import type { ResyncResult } from '../../../src/ports/run-ledger.ts'
import { SAMPLE, until } from '../../app/job/workplace.ts'
import { changeExports, differingKeys } from '../../cli/changed-exports.ts'
import { Installation, SERVICES } from './installation.ts'

const LIST = z.object({
  total: z.number(),
  failures: z.array(z.object({ id: z.string(), place: z.string(), code: z.string(), keys: z.array(z.string()) })),
})

describe('on the real servers', () => {
  test('a resync of the keys that differ gives what a sync gives', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'reval-resync-'))
    t.after(() => rm(folder, { recursive: true }))
    const changed = join(folder, 'changed')
    await changeExports(SAMPLE, changed)
    const [ours, theirs] = [await Installation.make(t), await Installation.make(t)]
    await ours.loadSample()
    await ours.startTogether(SERVICES)
    await ours.sync()
    await ours.reval('load', changed, '--force')
    const keys = await differingKeys(SAMPLE, changed)
    const told = JSON.parse(await ours.reval('resync', ...keys, '--json')) as ResyncResult
    assert.ok(told.written > 300)
    await theirs.reval('load', changed)
    await theirs.startTogether(SERVICES)
    await theirs.sync()
    assert.deepEqual(await ours.documents(), await theirs.documents())
  })

  test('dead letters are listed, shown, replayed and discarded', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    const serving = await place.startTogether(SERVICES)
    await place.sync()
    const config = readConfig({ ...environment(), ...place.environment })
    const broker = await (await backendsOf(config)).openBroker(config)
    assert.ok(broker !== null)
    t.after(() => broker.close())
    const bad = ['[{"tcsPersonId":1001,"doctorLastName":"Smith"},{"x":"Smith"}]', 'Smith']
    for (const body of bad) await broker.publish('traineeChanged', { body: Buffer.from(body), attributes: {} })
    await broker.publish('doctorChanged', { body: Buffer.from('{"operationType":"insert"}'), attributes: {} })
    const list = async () => LIST.parse(JSON.parse(await place.reval('failures', 'list', '--json')))
    await until(async () => (await list()).total === 3)
    const { failures } = await list()
    const found = failures.map(({ place: where, keys }) => [where, ...keys].join(' '))
    // A broker may give them in another order.
    assert.deepEqual(found.toSorted(), ['doctorChanged', 'traineeChanged', 'traineeChanged tcs-1001'])
    const idOf = (text: string) => failures[found.indexOf(text)]?.id
    const [first, second] = [idOf('traineeChanged tcs-1001'), idOf('traineeChanged')]
    assert.doesNotMatch(await place.reval('failures', 'show', first ?? ''), /Smith/)
    assert.match(await place.reval('failures', 'show', first ?? '', '--unmasked'), /Smith/)
    assert.match(await place.reval('failures', 'replay', '--all'), /done, removed/)
    assert.equal((await list()).total, 2)
    await place.reval('failures', 'discard', second ?? '', '--why', 'a test')
    assert.deepEqual(
      (await list()).failures.map(({ place: where }) => where),
      ['doctorChanged'],
    )
    await place.reval('failures', 'discard', '--all', '--why', 'a test')
    assert.equal((await list()).total, 0)
    assert.doesNotMatch(JSON.stringify(serving.logged), /Smith/)
  })
})
