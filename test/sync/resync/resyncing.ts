import type { TestContext } from 'node:test'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { rowsOfNumber } from '../../../src/domain/row.ts'
import type { ResyncScope } from '../../../src/ports/run-ledger.ts'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import { changeInstallation, readInbox } from '../../../src/sync/records.ts'
import type { Refreshed } from '../../../src/sync/refresh/refresh.ts'
import { askResync } from '../../../src/sync/resync/ask-resync.ts'
import { keyText } from '../../../src/sync/resync/resync-keys.ts'
import { Resyncs, type RefreshNow } from '../../../src/sync/resync/resyncs.ts'
import { aDoctor, aTrainee } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import { aContext, brokerFor, ledgerFor, storeFor } from '../a-context.ts'
import { aRun, kept } from '../examples.ts'

export const REFRESHED: Refreshed = { changes: [], rows: [], failed: [], unknown: [] }

/** A writer that carries out resyncs by a `refresh` of the test, beside the ledger that an operator asks through. */
export async function resyncing(t: TestContext, refresh: (keys: readonly string[]) => Partial<Refreshed> = () => ({})) {
  const clock = systemClock
  const [store, ledger] = [await storeFor(t), await ledgerFor(t)]
  let fault: Error | null = null
  const fallible = altered(ledger, {
    save: (own) => async (kind, id, value, revision, guard) => {
      const [thrown, isAnswer] = [fault, kind === 'inbox' && batches.length > 0]
      if (thrown === null || !isAnswer) return own(kind, id, value, revision, guard)
      fault = null
      throw thrown
    },
  })
  const parts = { clock, store, broker: brokerFor(t, clock) }
  const context = { ...aContext({ ...parts, ledger }), term: 1, guard: () => undefined }
  const writer = { ...context, ledger: fallible }
  const batches: (readonly string[])[] = []
  const refreshNow: RefreshNow = async (keys: readonly ChangedKey[]) => {
    const names = keys.map(keyText)
    batches.push(names)
    return { ...REFRESHED, ...refresh(names) }
  }
  const doctorsOf = async (ids: readonly string[]) => new Map(ids.includes('r1') ? [['r1', '7654321']] : [])
  const resyncs = new Resyncs(writer, {
    refresh: refreshNow,
    doctorsOf,
    erase: () => Promise.reject(new Error('not asked for')),
  })
  const take = async () => {
    for (const request of (await readInbox(ledger)).requests) if (request.answer === null) resyncs.take(request)
  }
  const stopping = new AbortController()
  const taking = (async () => {
    while (!stopping.signal.aborted) {
      await take()
      await clock.wait(5, stopping.signal)
    }
  })()
  t.after(async () => {
    stopping.abort()
    await taking
    await resyncs.stop()
  })
  const ask = (scope: ResyncScope, { timeoutMs = 10_000, signal = new AbortController().signal } = {}) =>
    askResync(context, { scope, by: 'test', why: 'a test', timeoutMs }, signal)
  /** Makes a generation live that has a trainee of one body, a doctor of another, and a row of neither. */
  const goLive = async () => {
    await store.createGeneration({ id: 'g-1', createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
    const nobody = { doctor: null, outcome: null, reason: null }
    const doctor = aDoctor({ gmcReferenceNumber: '7000002', designatedBodyCode: '1-B' })
    const rows = [
      ...rowsOfNumber([aTrainee({ tcsPersonId: 1, tcsDesignatedBody: '1-A' })], nobody),
      ...rowsOfNumber([aTrainee({ tcsPersonId: 2, tcsDesignatedBody: null })], nobody),
      ...rowsOfNumber([], { ...nobody, doctor }),
    ]
    await store.write(
      'g-1',
      rows.map((row) => ({ op: 'create', row })),
    )
    await store.makeVisible('g-1')
    await store.promote('g-1', null)
    await ledger.save('run', 'run-1', aRun({ state: 'live', generation: 'g-1' }), 'new')
    await changeInstallation(ledger, (known) => ({ ...known, term: 1, live: kept(1) }))
  }
  /** The next answer cannot be recorded. */
  const fail = (error: Error) => {
    fault = error
  }
  return { context, batches, ask, goLive, fail, resyncs }
}
