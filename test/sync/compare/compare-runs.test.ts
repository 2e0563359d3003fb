import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import type { Scope } from '../../../src/domain/comparison-tally.ts'
import type { Row } from '../../../src/domain/row.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { INSTALLATION, type Installation } from '../../../src/ports/run-ledger.ts'
import { RunsComparison } from '../../../src/sync/compare/compare-runs.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aDoctor, aRow } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import { ledgerFor, storeFor } from '../a-context.ts'
import { anInstallation, aRun, kept } from '../examples.ts'

const EVERYTHING: Scope = { list: null, body: null }

const row = (number: number, body: string | null = null): Row =>
  aRow(`gmc-${number}`, { doctor: aDoctor({ gmcReferenceNumber: String(number), designatedBodyCode: body }) })

async function fill(store: IndexStore, id: string, rows: readonly Row[]): Promise<void> {
  await store.createGeneration({ id, createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  await store.write(
    id,
    rows.map((each) => ({ op: 'create', row: each })),
  )
  await store.makeVisible(id)
}

/** An installation with these generations: live is run-1, previous run-2; run-3 is on record. */
async function anInstallationOf(t: TestContext, differing: Partial<Installation> = {}) {
  const ledger = await ledgerFor(t)
  const store = await storeFor(t)
  await fill(store, 'g-1', [row(1000001), row(1000002, 'A')])
  await fill(store, 'g-2', [row(1000002, 'B'), row(1000003)])
  const installation = anInstallation({ live: kept(1), previous: kept(2), ...differing })
  await ledger.save('installation', INSTALLATION, installation, 'new')
  for (const name of [1, 2, 3]) {
    const run = aRun({ id: `run-${name}`, generation: `g-${name}`, state: name === 3 ? 'failed' : 'live' })
    await ledger.save('run', run.id, run, 'new')
  }
  return { ledger, store, clock: new ManualClock() }
}

type Tools = Awaited<ReturnType<typeof anInstallationOf>>

const comparing = (tools: Tools, before: string, after: string, scope = EVERYTHING) =>
  RunsComparison.of(tools, { before, after, scope })

describe('two runs are compared', () => {
  test('by id or as what they are kept', async (t) => {
    const tools = await anInstallationOf(t, { heldBack: kept(2) })
    for (const [before, after] of [
      ['live', 'previous'],
      ['run-1', 'run-2'],
      ['live', 'held-back'],
    ] as const) {
      const comparison = await comparing(tools, before, after)
      assert.deepEqual([comparison.before.run, comparison.after.run], ['run-1', 'run-2'])
      const found = (await Array.fromAsync(comparison.differences())).flat()
      assert.deepEqual(
        found.map(({ id, kind, fields }) => [id, kind, fields]),
        [
          ['gmc-1000001', 'surplus', []],
          ['gmc-1000002', 'different', ['designatedBody']],
          ['gmc-1000003', 'missing', []],
        ],
      )
    }
  })

  test('in a list and for a body, if asked', async (t) => {
    const comparison = await comparing(await anInstallationOf(t), 'live', 'previous', { list: null, body: 'B' })
    const { rows, missing, surplus, different, lists } = await comparison.summarize()
    assert.deepEqual([rows, missing, surplus, different], [{ before: 2, after: 2 }, 0, 0, 1])
    assert.deepEqual(lists.connectedindex.bodies.B, { enter: 1, leave: 0, change: 0 })
  })

  test('until the signal is aborted', async (t) => {
    const comparison = await comparing(await anInstallationOf(t), 'live', 'previous')
    await assert.rejects(comparison.summarize(AbortSignal.abort(new Error('enough'))), /enough/)
  })

  test('until a generation is dropped', async (t) => {
    const tools = await anInstallationOf(t)
    const dropped = new RevalError('STORE_FAILED', 'the generation was dropped')
    const store = altered(tools.store, {
      rows: (own) =>
        async function* (generation) {
          yield* own(generation)
          if (generation === 'g-2') throw dropped
        },
    })
    const comparison = await comparing({ ...tools, store }, 'live', 'previous')
    await assert.rejects(comparison.summarize(), dropped)
  })
})

describe('runs that cannot be compared are refused, with the reason', () => {
  const refused = async (tools: Tools, name: string, code: string, message: RegExp) =>
    assert.rejects(comparing(tools, name, 'live'), (error) => {
      assert.ok(error instanceof RevalError)
      assert.equal(error.code, code)
      assert.match(error.message, message)
      return true
    })

  test('one without a generation', async (t) => {
    const tools = await anInstallationOf(t)
    await refused(tools, 'run-4', 'RUN_UNKNOWN', /run-4/)
    const keptRuns = /run-3 \(failed\) is gone; kept: run-1 \(live\), run-2 \(previous\)$/
    await refused(tools, 'run-3', 'GENERATION_UNKNOWN', keptRuns)
    await refused(tools, 'held-back', 'GENERATION_UNKNOWN', /no held-back generation; kept: run-1 \(live\)/)
  })

  test('one whose generation the store has lost', async (t) => {
    const tools = await anInstallationOf(t)
    await tools.store.dropGeneration('g-2')
    await refused(tools, 'previous', 'GENERATION_UNKNOWN', /run run-2 \(previous\) is not in the index store/)
  })

  test('one that is still building', async (t) => {
    const { id, day, requestedAt, requestedBy, expect, senderGone, purpose, repair, request } = aRun({ id: 'run-3' })
    const currentRun = { id, day, requestedAt, requestedBy, expect, senderGone, purpose, repair, request }
    const tools = await anInstallationOf(t, { currentRun, building: kept(3) })
    await refused(tools, 'run-3', 'RUN_IN_PROGRESS', /run-3 .*still builds/)
  })

  test('live, before the first promotion', async (t) => {
    await refused(await anInstallationOf(t, { live: null }), 'live', 'NOTHING_LIVE', /live/)
  })
})
