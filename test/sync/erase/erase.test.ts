import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import type { IndexDocument, ListName } from '../../../src/domain/lists.ts'
import { rowsOfNumber, type Row } from '../../../src/domain/row.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { ErasureResult } from '../../../src/ports/erasure.ts'
import { DECISIONS, INBOX } from '../../../src/ports/run-ledger.ts'
import { beginAudit } from '../../../src/sync/audit/audit.ts'
import { erase } from '../../../src/sync/erase/erase.ts'
import { readErasures } from '../../../src/sync/erase/erasures.ts'
import { changeInstallation } from '../../../src/sync/records.ts'
import type { SyncSettings } from '../../../src/sync/context.ts'
import type { KeyedSources } from '../../../src/sync/refresh/source-reading.ts'
import { plantInTableOf } from '../../adapters/index-store/sqlite-planting.ts'
import { aDoctor, aTrainee } from '../../domain/examples.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { failure } from '../../contract/run-ledger/samples.ts'
import { aContext, brokerFor, folderFor, ledgerFor, SETTINGS, storeFor } from '../a-context.ts'
import { aRun, kept } from '../examples.ts'
import { deadLettered } from '../failures/failing.ts'

const NOTHING = { doctor: null, outcome: null, reason: null }
const trainee = (tcsPersonId: number, gmcReferenceNumber: string | null): readonly Row[] =>
  rowsOfNumber([aTrainee({ tcsPersonId, gmcReferenceNumber })], NOTHING)
const doctor = (gmcReferenceNumber: string): readonly Row[] =>
  rowsOfNumber([], { ...NOTHING, doctor: aDoctor({ gmcReferenceNumber }) })

const REQUEST = { id: 'q1', by: 'test', why: 'asked for', at: 5 }

/** What is live, previous and held back. */
type Kept = Partial<Record<'live' | 'previous' | 'heldBack', readonly Row[]>>
interface Keeping {
  readonly tables?: boolean
  readonly javaPeers?: SyncSettings['javaPeers']
}
const NUMBERS = { live: 1, previous: 2, heldBack: 3 } as const

async function keeping(t: TestContext, rows: Kept, { tables = false, javaPeers = [] }: Keeping = {}) {
  const clock = new ManualClock()
  const folder = await folderFor(t)
  const [store, ledger, broker] = [await storeFor(t, folder), await ledgerFor(t), brokerFor(t, clock)]
  for (const [name, some] of Object.entries(rows)) {
    const { generation } = kept(NUMBERS[name as keyof Kept])
    await store.createGeneration({
      ...{ id: generation, createdAt: 1, assembleVersion: ASSEMBLE_VERSION },
      ...(tables ? { tableDay: '2026-06-01' } : {}),
    })
    await store.write(
      generation,
      some.map((row) => ({ op: 'create', row })),
    )
    await store.makeVisible(generation)
    await store.fillTables(generation, { signal: new AbortController().signal, onRows: () => undefined })
  }
  await changeInstallation(ledger, (known) => ({
    ...known,
    term: 1,
    ...Object.fromEntries(Object.keys(rows).map((name) => [name, kept(NUMBERS[name as keyof Kept])])),
  }))
  const settings: SyncSettings = { ...SETTINGS, javaPeers }
  const context = { ...aContext({ clock, store, ledger, broker, settings }), term: 1, guard: () => undefined }
  const ids = async (): Promise<Partial<Record<keyof Kept, readonly string[]>>> => {
    const found: Partial<Record<keyof Kept, readonly string[]>> = {}
    for (const name of Object.keys(rows) as (keyof Kept)[]) {
      const all = (rows[name] ?? []).map(({ id }) => id)
      found[name] = (await store.get(kept(NUMBERS[name]).generation, all)).map(({ row }) => row.id).sort()
    }
    return found
  }
  const ask = (text: string, changes: Partial<typeof context> = {}, sources: KeyedSources | null = null) =>
    erase({ ...context, ...changes }, sources, REQUEST, text)
  const plantInTable = (list: ListName, id: string, document: IndexDocument) =>
    plantInTableOf(folder, kept(NUMBERS.live).generation, list, id, document)
  return { context, store, ledger, broker, ids, ask, plantInTable }
}

const rowsOf = ({ erased: { rows } }: ErasureResult) => [rows.live, rows.previous, rows.heldBack]
const refusal = (code: string) => (error: unknown) => error instanceof RevalError && error.code === code

describe('rows', () => {
  test('of a person are erased in every kept generation, also where it had no trainee yet', async (t) => {
    const { ids, ask } = await keeping(t, {
      live: [...trainee(47, '7654321'), ...trainee(48, '7000001')],
      previous: [...doctor('7654321'), ...doctor('7000001')],
      heldBack: [...trainee(47, null), ...trainee(48, null)],
    })
    assert.deepEqual(rowsOf(await ask('47')), [1, 1, 1])
    assert.deepEqual(await ids(), { live: ['tcs-48'], previous: ['gmc-7000001'], heldBack: ['tcs-48'] })
    assert.deepEqual(rowsOf(await erase((await keeping(t, {})).context, null, REQUEST, '47')), [0, 0, 0])
  })

  test('of a generation that is not kept go with it, unless the ledger may be a new one', async (t) => {
    const left = { id: 'left', createdAt: 1, assembleVersion: ASSEMBLE_VERSION }
    for (const rows of [{ live: trainee(47, null) }, {}]) {
      const { ask, store } = await keeping(t, rows)
      await store.createGeneration(left)
      await ask('47')
      const isThere = (await store.generations()).some(({ id }) => id === left.id)
      assert.equal(isThere, Object.keys(rows).length === 0)
    }
  })

  test('of others who share the number stay if a person is erased, and are counted', async (t) => {
    const shared = [...trainee(47, '7654321'), ...trainee(48, '7654321')]
    const { ids, ask, ledger } = await keeping(t, { live: shared })
    await ledger.addFailures([failure('gmc-7654321', { generation: 'g-1' })])
    const result = await ask('tcs-47')
    assert.deepEqual([result.sharing, result.erased.failedRows], [1, 0])
    assert.deepEqual(await ids(), { live: ['tcs-48'] })
  })

  test('of a number are erased all', async (t) => {
    const { ids, ask } = await keeping(t, {
      live: [...trainee(47, '7654321'), ...trainee(48, '7654321'), ...trainee(49, '7000001')],
      previous: doctor('7654321'),
    })
    assert.deepEqual(rowsOf(await ask('7654321')), [2, 1, 0])
    assert.deepEqual(await ids(), { live: ['tcs-49'], previous: [] })
  })

  test('of a person who had the number by mistake are erased only where it had it', async (t) => {
    const { ids, ask, ledger } = await keeping(t, {
      live: [...trainee(47, '7000001'), ...doctor('7654321')],
      previous: trainee(47, '7654321'),
    })
    await ledger.addFailures([failure('tcs-47', { generation: 'g-1' })])
    const result = await ask('gmc-7654321')
    assert.deepEqual([rowsOf(result), result.erased.failedRows], [[1, 1, 0], 0])
    assert.deepEqual(await ids(), { live: ['tcs-47'], previous: [] })
  })

  test('of seven digits that are a person and another doctor are refused until one is named', async (t) => {
    const { ids, ask } = await keeping(t, { live: [...trainee(7_654_321, '7000001'), ...doctor('7654321')] })
    await assert.rejects(ask('7654321'), refusal('KEY_AMBIGUOUS'))
    assert.deepEqual(rowsOf(await ask('tcs-7654321')), [1, 0, 0])
    assert.deepEqual(await ids(), { live: ['gmc-7654321'] })
  })
})

describe('tables', () => {
  const peers: readonly SyncSettings['javaPeers'][] = [['connection'], []]
  for (const javaPeers of peers) {
    test(`have no row of a person any more, not even one that only they have (Java services: ${javaPeers.join()})`, async (t) => {
      const live = [...trainee(47, '7654321'), ...trainee(48, '7000001')]
      const { ask, store, plantInTable } = await keeping(t, { live }, { tables: true, javaPeers })
      await plantInTable('recommendationindex', 'tcs-47', { tcsPersonId: 47, doctorLastName: 'Ahead' })
      await plantInTable('connectedindex', 'gmc-7654321', { gmcReferenceNumber: '7654321' })
      await plantInTable('exceptionindex', 'of-a-java-service', { gmcReferenceNumber: '7654321' })
      await plantInTable('exceptionindex', 'of-another', { tcsPersonId: 48 })
      await ask('47')
      const left = async (list: ListName) =>
        (await Array.fromAsync(store.tableRows('g-1', list))).flat().map(({ id }) => id)
      assert.deepEqual(await left('recommendationindex'), ['tcs-48'])
      assert.deepEqual([await left('connectedindex'), await left('exceptionindex')], [[], ['of-another']])
      // No row of the master leads to it, and the Java service may have been taken out of the settings since.
      await plantInTable('exceptionindex', 'of-a-java-service', { tcsPersonId: 49 })
      await ask('49')
      assert.deepEqual(await left('exceptionindex'), ['of-another'])
    })
  }
})

describe('everything else that is kept', () => {
  test('failed rows are removed in every generation, of runs that are over too', async (t) => {
    const { ask, ledger } = await keeping(t, { live: trainee(47, '7654321') })
    await ledger.addFailures([
      failure('tcs-47', { generation: 'g-1' }),
      failure('gmc-7654321', { generation: 'g-8', stage: 'doctors' }),
      failure('tcs-48', { generation: 'g-8' }),
    ])
    assert.equal((await ask('47')).erased.failedRows, 2)
    assert.deepEqual([await ledger.countFailures('g-1'), await ledger.countFailures('g-8')], [0, 1])
  })

  test('dead letters that name or quote the person are removed; what else they named is counted', async (t) => {
    const { ask, broker } = await keeping(t, { live: trainee(47, '7654321') })
    await deadLettered(broker, 'traineeChanged', '[{"tcsPersonId":47},{"tcsPersonId":48},{"tcsPersonId":49}]')
    await deadLettered(broker, 'traineeChanged', '{"tcsPersonId":48}')
    await deadLettered(broker, 'traineeData', '{"tcsPersonId":47,')
    await deadLettered(broker, 'syncStart', 'at 10:00:47')
    const { erased, otherKeys } = await ask('47')
    assert.deepEqual([erased.deadLetters, otherKeys], [2, 2])
    const left = async (queue: 'traineeChanged' | 'traineeData' | 'syncStart') =>
      (await broker.deadLetters(queue, 10)).map(({ body }) => Buffer.from(body).toString())
    assert.deepEqual(await left('traineeChanged'), ['{"tcsPersonId":48}'])
    assert.deepEqual([await left('traineeData'), await left('syncStart')], [[], ['at 10:00:47']])
  })

  test('keys are masked in decisions, runs, findings, the installation and answers of resyncs', async (t) => {
    const { ask, ledger } = await keeping(t, { live: trainee(47, '7654321'), previous: [] })
    const what = ['trainees/tcs-47: ROW_KEY_MISSING', 'trainees/tcs-48: ROW_KEY_MISSING']
    await ledger.save('decisions', DECISIONS, { decisions: [{ ...REQUEST, action: 'discarded', what }] }, 'new')
    const run = aRun({ id: 'run-5', purpose: 'verify', state: 'verified', expect: 'without 7654321' })
    await ledger.save('run', run.id, run, 'new')
    const finding = { list: null, kind: 'missing', fields: [], isRepaired: false } as const
    await ledger.save('findings', 'run-5/0', { findings: [{ ...finding, id: 'tcs-48' }] }, 'new')
    await ledger.save('findings', 'run-5/1', { findings: [{ ...finding, id: 'tcs-47' }] }, 'new')
    const asked = { ...REQUEST, kind: 'resync', run: null, seen: null, scope: { keys: ['47', '48'] } } as const
    const resync = { changed: [], written: 0, keys: 2, unknown: ['47'], failed: [] }
    const requests = [{ ...asked, answer: { ok: true, resync } } as const, { ...asked, id: 'q2', answer: null }]
    await ledger.save('inbox', INBOX, { requests }, 'new')
    await changeInstallation(ledger, (known) => ({ ...known, stale: { 'g-2': { reason: 'tcs-47 failed', at: 1 } } }))

    assert.equal((await ask('47')).erased.records, 5)
    assert.deepEqual((await ledger.read('decisions', DECISIONS))?.value.decisions[0]?.what, [
      'trainees/tcs-…: ROW_KEY_MISSING',
      'trainees/tcs-48: ROW_KEY_MISSING',
    ])
    assert.deepEqual((await ledger.read('run', run.id))?.value, { ...run, expect: 'without …' })
    assert.equal((await ledger.read('findings', 'run-5/1'))?.value.findings[0]?.id, 'tcs-…')
    const [answered, open] = (await ledger.read('inbox', INBOX))?.value.requests ?? []
    assert.deepEqual(answered?.scope, { keys: ['…', '48'] })
    assert.deepEqual(answered.answer, { ok: true, resync: { ...resync, unknown: ['…'] } })
    assert.deepEqual(open?.scope, { keys: ['47', '48'] })
    assert.equal((await ask('47')).erased.records, 5, 'what the first try found stays on record')
    assert.equal((await readErasures(ledger)).length, 1)
    assert.doesNotMatch(JSON.stringify(await readErasures(ledger)), /47|7654321/)
  })
})

test('the audit log keeps who looked, and no longer at whom', async (t) => {
  const { ask, ledger, context } = await keeping(t, { live: trainee(47, '7654321'), previous: [] })
  const by = { who: '47', roles: ['support'], from: 'HTTP 10.0.0.47', what: 'GET /api/sync/explain/:key' }
  const named = [
    ['{"key":"47"}', '{"key":"…"}'],
    ['{"searchQuery":"7654321","dbcs":"47A"}', '{"searchQuery":"…","dbcs":"47A"}'],
    ['{"keys":["48",47,"gmc-7654321","tcs-47"],"limit":147}', '{"keys":["48","…","gmc-…","tcs-…"],"limit":147}'],
    ['{"keys":["47","4', '{"keys":["…","4'],
    ['tcs-47', 'tcs-…'],
  ] as const
  const others = ['{"key":"48"}', '{"key":"tcs-471","at":"10:00:47"}', null]
  const complete = await beginAudit(context, { ...by, subject: named[0][0], why: 'they called about 7654321' })
  for (const subject of [...named.slice(1).map(([before]) => before), ...others])
    await (
      await beginAudit(context, { ...by, subject, why: '' })
    )({ outcome: 'done', code: null })

  assert.equal((await ask('47')).erased.records, named.length)
  // An action that was in progress meanwhile.
  await complete({ outcome: 'refused', code: 'USAGE' })
  const entries = await ledger.audit(100)
  assert.deepEqual(
    new Set(entries.map(({ subject }) => subject)),
    new Set([...named.map(([, after]) => after), ...others]),
  )
  for (const { who, roles, from, what } of entries) assert.deepEqual({ who, roles, from, what }, by)
  const first = entries.find(({ why }) => why !== '')
  assert.partialDeepStrictEqual(first, { why: 'they called about …', result: { outcome: 'refused', code: 'USAGE' } })
  assert.equal((await ask('47')).erased.records, named.length, 'what the first try found stays on record')
})

for (const [name, remedy] of [
  ['live', /^two runs have to go live first/],
  ['previous', /^a run has to go live first/],
  ['heldBack', /^discard run .+ first/],
] as const) {
  test(`an erasure is refused before anything is done if another version built a generation: ${name}`, async (t) => {
    const rows = trainee(47, '7654321')
    const { context, store, ids, ask } = await keeping(t, { live: rows, previous: rows, heldBack: rows })
    const before = await ids()
    const generations = async () =>
      (await store.generations()).map((each) =>
        each.id === kept(NUMBERS[name]).generation ? { ...each, otherLayout: 1 } : each,
      )
    await assert.rejects(ask('47', { store: { ...store, generations } }), {
      code: 'GENERATION_VERSION',
      message: remedy,
    })
    assert.deepEqual(await ids(), before)
    assert.deepEqual(await readErasures(context.ledger), [])
  })
}

test('an erasure is refused while indexes of the Java services are kept, and says what makes room', async (t) => {
  for (const [name, remedy] of [
    ['live', /^a run has to go live, and run run-1 be discarded, first/],
    ['previous', /^discard run run-2 first/],
  ] as const) {
    const rows = trainee(47, null)
    const { store, ids, ask, ledger } = await keeping(t, { live: rows, previous: rows })
    const ofJava = kept(NUMBERS[name])
    await changeInstallation(ledger, (known) => ({ ...known, java: ofJava }))
    const generations = async () =>
      (await store.generations()).map((each) =>
        each.id === ofJava.generation ? { ...each, java: true as const } : each,
      )
    const refused = { code: 'GENERATION_VERSION', message: remedy }
    await assert.rejects(ask('47', { store: { ...store, generations } }), refused)
    assert.deepEqual(await ids(), { live: ['tcs-47'], previous: ['tcs-47'] })
  }
})

test('an erasure is refused while a run is in progress', async (t) => {
  const { ask, ids, ledger } = await keeping(t, { live: trainee(47, null) })
  await changeInstallation(ledger, (known) => ({ ...known, currentRun: aRun({ id: 'run-9' }) }))
  await assert.rejects(ask('47'), refusal('RUN_IN_PROGRESS'))
  assert.deepEqual(await ids(), { live: ['tcs-47'] })
})

test('what remains is what the sources have, or why they cannot be read', async (t) => {
  const { ask } = await keeping(t, { live: trainee(47, '7654321'), previous: [] })
  const away = () => Promise.reject(new RevalError('SOURCE_FAILED', 'away'))
  const sources: KeyedSources = {
    trainees: { recordsOf: away },
    doctors: { recordsOf: () => Promise.resolve([]) },
    exceptions: { reasonsOf: () => Promise.resolve(new Map()) },
  }
  const remains = async (of: KeyedSources | null) => {
    const { remaining, unread } = await ask('47', {}, of)
    return [remaining, unread]
  }
  assert.deepEqual(await remains(sources), [null, 'SOURCE_FAILED'])
  const gone = { ...sources, trainees: { recordsOf: () => Promise.resolve([]) } }
  const nothing = { persons: 0, doctors: 0, recommended: 0, reasons: 0 }
  assert.deepEqual(await remains(gone), [nothing, null])
  assert.deepEqual(await remains(null), [null, 'LIVE_CHANGES_OFF'])
})

test('wherever it stops, repeating it erases everything', async (t) => {
  const looked = { who: 'sam', roles: [], from: 'HTTP ::1', what: 'reval explain', subject: '{"key":"47"}', why: '' }
  const CHANGES = ['removeFailures', 'save', 'removeDeadLetters', 'write', 'makeVisible']
  for (let stopAt = 1; ; stopAt += 1) {
    const { ask, context, ids, ledger, broker } = await keeping(t, {
      live: trainee(47, '7654321'),
      previous: trainee(47, '7654321'),
    })
    await ledger.addFailures([failure('gmc-7654321', { generation: 'g-1' })])
    await deadLettered(broker, 'doctorData', '{"gmcReferenceNumber":"7654321",')
    const run = aRun({ id: 'run-5', expect: 'without tcs-47' })
    await ledger.save('run', run.id, run, 'new')
    await beginAudit(context, looked)
    let calls = 0
    const mortal = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name)
          if (typeof member !== 'function') return member
          return async (...given: unknown[]): Promise<unknown> => {
            if (CHANGES.includes(String(name))) calls += 1
            if (CHANGES.includes(String(name)) && calls === stopAt) throw new RevalError('STORE_FAILED', 'stopped')
            return Reflect.apply(member, target, given)
          }
        },
      })
    const [store, itsLedger, itsBroker] = [mortal(context.store), mortal(context.ledger), mortal(context.broker)]
    const stopped = await ask('47', { store, ledger: itsLedger, broker: itsBroker }).then(
      () => false,
      () => true,
    )
    const { erased } = await ask('47')
    assert.deepEqual(erased, { rows: { live: 1, previous: 1, heldBack: 0 }, failedRows: 1, deadLetters: 1, records: 2 })
    assert.deepEqual(await ids(), { live: [], previous: [] })
    assert.equal(await ledger.countFailures('g-1'), 0)
    assert.equal((await broker.deadLetters('doctorData', 10)).length, 0)
    assert.equal((await ledger.read('run', run.id))?.value.expect, 'without tcs-…')
    assert.deepEqual(
      (await ledger.audit(10)).map(({ subject }) => subject),
      ['{"key":"…"}'],
    )
    if (stopped) continue
    assert.ok(stopAt > 9, `it stopped in ${stopAt - 1} places`)
    return
  }
})
