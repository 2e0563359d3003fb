import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { expectedDocuments } from '../../app/job/workplace.ts'
import { Installation } from './installation.ts'

describe('four services, each a process of its own', () => {
  test('the sample becomes what it must, again at a second sync, and a rollback brings the first back', async (t) => {
    const place = await Installation.make(t)
    await place.loadSample()
    await place.startAll()
    const first = await place.sync()
    assert.equal(first.state, 'live')
    assert.deepEqual(await place.documents(), expectedDocuments())
    const second = await place.sync()
    assert.notEqual(second.id, first.id)
    assert.deepEqual(await place.documents(), expectedDocuments())
    assert.match(await place.reval('rollback', '--why', 'a test'), new RegExp(first.id))
    assert.deepEqual(await place.documents(), expectedDocuments())
    assert.match(await place.reval('runs'), new RegExp(`${second.id} .*previous`))
    assert.match(await place.reval('status', second.id), /doctors/)
  })

  test('one row a message, as the reference sends it, comes to the same', async (t) => {
    const place = await Installation.make(t, { REVAL_MESSAGE_ROWS: '1', REVAL_PREFETCH: '64' })
    await place.loadSample()
    await place.startAll()
    await place.sync()
    assert.deepEqual(await place.documents(), expectedDocuments())
  })
})
