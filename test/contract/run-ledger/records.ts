import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LedgerRecords, RecordKind, RunLedger } from '../../../src/ports/run-ledger.ts'
import { openLedger, openPlace, type LedgerCapabilities, type LedgerFactory } from './place.ts'
import { lease, ONE_OF_EACH, run } from './samples.ts'

export const CONFLICT = { name: 'RevalError', code: 'LEDGER_CONFLICT' }

/** Records by id, changed by compare-and-set, and the list of runs. */
export function records(factory: LedgerFactory, { listsLag }: LedgerCapabilities): void {
  test('records of every kind are returned exactly as saved', async (t) => {
    const ledger = await openLedger(t, factory)
    const saveAndRead = async <K extends RecordKind>(kind: K, value: LedgerRecords[K]) => {
      assert.equal(await ledger.read(kind, 'g-1/trainees/tcs'), null)
      const revision = await ledger.save(kind, 'g-1/trainees/tcs', value, 'new')
      assert.deepEqual(await ledger.read(kind, 'g-1/trainees/tcs'), { value, revision })
    }
    await saveAndRead('run', ONE_OF_EACH.run)
    await saveAndRead('claim', ONE_OF_EACH.claim)
    await saveAndRead('lease', ONE_OF_EACH.lease)
    await saveAndRead('installation', ONE_OF_EACH.installation)
    await saveAndRead('inbox', ONE_OF_EACH.inbox)
    await saveAndRead('changes', ONE_OF_EACH.changes)
    await saveAndRead('decisions', ONE_OF_EACH.decisions)
    await saveAndRead('verification', ONE_OF_EACH.verification)
    await saveAndRead('findings', ONE_OF_EACH.findings)
    await saveAndRead('processes', ONE_OF_EACH.processes)
    await saveAndRead('schedule', ONE_OF_EACH.schedule)
    await saveAndRead('notifications', ONE_OF_EACH.notifications)
  })

  test('records of earlier versions are completed with what these did not know', async (t) => {
    const ledger = await openLedger(t, factory)
    const completedRequest = { purpose: 'sync', repair: null, request: null } as const
    const now = { ...ONE_OF_EACH.run, ...completedRequest, comparison: null, verification: null } as const
    const evidence = now.evidence && { ...now.evidence, stages: null, checks: [] }
    const earlier = (differing: object) =>
      asEarlier(
        { ...now, evidence: without(now.evidence ?? {}, 'stages', 'checks'), ...differing },
        ...['purpose', 'repair', 'request', 'comparison', 'verification', 'decision'],
      )
    const promotedByHand = { by: 'somebody', why: 'it is right' }
    await ledger.save('run', 'never promoted', earlier({ promotedByHand: null }), 'new')
    await ledger.save('run', 'promoted', earlier({ promotedByHand }), 'new')
    await ledger.save('run', 'not checked', earlier({ promotedByHand: null, evidence: null }), 'new')
    const decision = { action: 'promoted', ...promotedByHand, at: null }
    assert.deepEqual((await ledger.read('run', 'never promoted'))?.value, { ...now, evidence, decision: null })
    assert.deepEqual((await ledger.read('run', 'promoted'))?.value, { ...now, evidence, decision })
    assert.deepEqual((await ledger.read('run', 'not checked'))?.value, { ...now, evidence: null, decision: null })

    const { installation } = ONE_OF_EACH
    const added = { discarding: null, building: null, stillSending: [], stale: {} }
    const currentRun = without(installation.currentRun ?? {}, 'purpose', 'repair', 'request')
    const earlierOne = asEarlier({ ...installation, currentRun }, ...Object.keys(added))
    await ledger.save('installation', 'of an earlier version', earlierOne, 'new')
    const completed = {
      ...{ ...installation, ...added },
      currentRun: installation.currentRun && { ...installation.currentRun, ...completedRequest },
    }
    assert.deepEqual((await ledger.read('installation', 'of an earlier version'))?.value, completed)

    const { requests } = ONE_OF_EACH.inbox
    const earlierInbox = { requests: requests.map((each) => asEarlier(each, 'seen')) }
    await ledger.save('inbox', 'of an earlier version', earlierInbox, 'new')
    const unseen = { requests: requests.map((each) => ({ ...each, seen: null })) }
    assert.deepEqual((await ledger.read('inbox', 'of an earlier version'))?.value, unseen)

    const { verification, findings } = ONE_OF_EACH
    await ledger.save('verification', 'of an earlier version', asEarlier(verification, 'tables'), 'new')
    const withoutTables = { ...verification, tables: null }
    assert.deepEqual((await ledger.read('verification', 'of an earlier version'))?.value, withoutTables)
    await ledger.save('run', 'verified', { ...ONE_OF_EACH.run, verification: asEarlier(verification, 'tables') }, 'new')
    assert.deepEqual((await ledger.read('run', 'verified'))?.value.verification, withoutTables)
    const earlierFindings = { findings: findings.findings.map((each) => asEarlier(each, 'list')) }
    await ledger.save('findings', 'of an earlier version', earlierFindings, 'new')
    assert.deepEqual((await ledger.read('findings', 'of an earlier version'))?.value, findings)

    const { processes } = ONE_OF_EACH.processes
    const earlierProcesses = { processes: processes.map((each) => asEarlier(each, 'sends')) }
    await ledger.save('processes', 'of an earlier version', earlierProcesses, 'new')
    const sendless = { processes: processes.map((each) => ({ ...each, sends: [] })) }
    assert.deepEqual((await ledger.read('processes', 'of an earlier version'))?.value, sendless)
  })

  test('a record is saved only over the current revision', async (t) => {
    const ledger = await openLedger(t, factory)
    const first = await ledger.save('lease', 'writer', lease('a', 1), 'new')
    await assert.rejects(ledger.save('lease', 'writer', lease('b', 2), 'new'), CONFLICT)
    const second = await ledger.save('lease', 'writer', lease('c', 3), first)
    await assert.rejects(ledger.save('lease', 'writer', lease('d', 4), first), CONFLICT)
    await assert.rejects(ledger.save('lease', 'other', lease('e', 5), second), CONFLICT)
    assert.deepEqual(await ledger.read('lease', 'writer'), { value: lease('c', 3), revision: second })
    assert.equal(await ledger.read('lease', 'other'), null)
  })

  test('saving the same value is a change, and outdates earlier revisions', async (t) => {
    const ledger = await openLedger(t, factory)
    const value = lease('a', 1)
    const first = await ledger.save('lease', 'writer', value, 'new')
    const second = await ledger.save('lease', 'writer', value, first)
    assert.notEqual(second, first)
    await assert.rejects(ledger.save('lease', 'writer', value, first), CONFLICT)
  })

  test('a guard runs before a save is sent; if it throws, nothing is saved', async (t) => {
    const ledger = await openLedger(t, factory)
    let asked = 0
    const revision = await ledger.save('lease', 'writer', lease('a', 1), 'new', () => {
      asked += 1
    })
    assert.equal(asked, 1)
    const overtaken = new Error('overtaken')
    const refuse = () => {
      throw overtaken
    }
    await assert.rejects(ledger.save('lease', 'writer', lease('b', 2), revision, refuse), overtaken)
    assert.deepEqual(await ledger.read('lease', 'writer'), { value: lease('a', 1), revision })
  })

  test('of concurrent saves over one revision, exactly one succeeds', async (t) => {
    const place = await openPlace(t, factory)
    const connections = await Promise.all(Array.from({ length: 8 }, () => place.open()))
    let revision = 'new'
    for (let round = 1; round <= 5; round += 1) {
      const saves = connections.map((each, at) => each.save('lease', 'writer', lease(`c${at}`, round), revision))
      const results = await Promise.allSettled(saves)
      const winners = results.flatMap((each, at) => (each.status === 'fulfilled' ? [{ at, revision: each.value }] : []))
      assert.equal(winners.length, 1)
      for (const each of results) if (each.status === 'rejected') assert.equal(codeOf(each.reason), 'LEDGER_CONFLICT')
      const [winner] = winners
      const expected = { value: lease(`c${winner?.at}`, round), revision: winner?.revision }
      for (const each of connections) assert.deepEqual(await each.read('lease', 'writer'), expected)
      revision = winner?.revision ?? ''
    }
  })

  test('changes of different records do not conflict', async (t) => {
    const place = await openPlace(t, factory)
    const [writer, asker] = [await place.open(), await place.open()]
    const count = async (ledger: RunLedger, id: string) => {
      let revision = 'new'
      for (let until = 1; until <= 20; until += 1) revision = await ledger.save('lease', id, lease(id, until), revision)
    }
    await Promise.all([count(writer, 'w'), count(asker, 'q')])
    assert.equal((await asker.read('lease', 'w'))?.value.until, 20)
    assert.equal((await writer.read('lease', 'q'))?.value.until, 20)
  })

  test('runs are listed newest first, as last saved, up to the limit', async (t) => {
    const place = await openPlace(t, factory)
    const ledger = await place.open()
    assert.deepEqual(await ledger.runs(10), [])
    await ledger.save('run', 'older', run('older', 900), 'new')
    const revision = await ledger.save('run', 'newest', run('newest', 10_000), 'new')
    await ledger.save('run', 'middle', run('middle', 2_000), 'new')
    const changed = { ...run('newest', 10_000), state: 'live' } as const
    await ledger.save('run', 'newest', changed, revision)
    await ledger.save('lease', 'writer', lease('a', 1), 'new')
    if (listsLag) await place.listsAreCurrent()
    assert.deepEqual(await ledger.runs(10), [changed, run('middle', 2_000), run('older', 900)])
    assert.deepEqual(await ledger.runs(2), [changed, run('middle', 2_000)])
  })
}

/** A record that lacks some of its fields, as an earlier version stored it. */
function asEarlier(record: object, ...added: string[]): never {
  return without(record, ...added) as never
}

function without(record: object, ...fields: string[]): object {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)))
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error
}
