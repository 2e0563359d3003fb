import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { decodeMasterRows } from '../../../src/messages/master-row.ts'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { aRun, kept } from '../examples.ts'
import { changing } from './changing.ts'

const ONE: readonly ChangedKey[] = [{ kind: 'person', tcsPersonId: 1 }]
const OLDER = ASSEMBLE_VERSION - 1
const FAULT = new RevalError('GENERATION_UNREADABLE', 'its index is damaged')
const PASSING = new RevalError('STORE_FAILED', 'too busy', { transient: true })

describe('a generation that is not live and cannot be written', () => {
  const previous = { installation: { previous: kept(2) } }

  test('becomes stale with the reason, and the change is done', async (t) => {
    const ofGeneration = (_: readonly string[], generation: string) => (generation === 'g-2' ? FAULT : null)
    const { applier, context, log, refreshes } = await changing(t, { ...previous, ofGeneration })
    const { live } = await applier.apply(ONE, 'resync')
    assert.deepEqual(
      live?.changes.map(({ id }) => id),
      ['tcs-1'],
    )
    const { stale } = await readInstallation(context.ledger)
    assert.deepEqual(stale, {
      'g-2': {
        reason: 'a change could not be written to g-2: GENERATION_UNREADABLE: its index is damaged',
        at: context.clock.now(),
      },
    })
    assert.deepEqual(log.entries, ['stale: g-2'])
    await applier.apply(ONE, 'resync')
    assert.deepEqual(refreshes, ['g-1 2026-06-01: person 1', 'g-1 2026-06-01: person 1'])
  })

  test('is tried again after a fault that passes', async (t) => {
    let faults = 1
    const ofGeneration = (_: readonly string[], generation: string) =>
      generation === 'g-2' && faults-- > 0 ? PASSING : null
    const { applier, context, clock, refreshes } = await changing(t, { ...previous, ofGeneration })
    const applied = applier.apply(ONE, 'resync')
    await clock.untilPending(1)
    await clock.advance(100)
    await applied
    assert.deepEqual(refreshes, ['g-1 2026-06-01: person 1', 'g-2 2026-06-02: person 1'])
    assert.deepEqual((await readInstallation(context.ledger)).stale, {})
  })

  test('is not blamed for an expired lease', async (t) => {
    const expired = new RevalError('LEASE_EXPIRED', 'not renewed', { transient: true })
    const ofGeneration = (_: readonly string[], generation: string) => (generation === 'g-2' ? expired : null)
    const { applier, context } = await changing(t, { ...previous, ofGeneration })
    await assert.rejects(applier.apply(ONE, 'resync'), { code: 'LEASE_EXPIRED' })
    assert.deepEqual((await readInstallation(context.ledger)).stale, {})
  })

  test('is left alone if it is not kept any more', async (t) => {
    const ofGeneration = (_: readonly string[], generation: string) => (generation === 'g-3' ? FAULT : null)
    const { applier, context } = await changing(t, { ofGeneration, complete: kept(3) })
    await applier.apply(ONE, 'resync')
    assert.deepEqual((await readInstallation(context.ledger)).stale, {})
  })
})

describe('changes are refused', () => {
  test('with the error of the live generation', async (t) => {
    const { applier } = await changing(t, { ofGeneration: () => FAULT })
    await assert.rejects(applier.apply(ONE, 'resync'), { code: 'GENERATION_UNREADABLE' })
  })

  test('while live is of another version and no run replaces it', async (t) => {
    const { applier } = await changing(t, { versions: { 'g-1': OLDER } })
    await assert.rejects(applier.apply(ONE, 'resync'), { code: 'GENERATION_VERSION', transient: true })
  })
})

test('with a run in progress they go into its journal alone, and the live generation of another version is stale', async (t) => {
  const { applier, journal, refreshes, context } = await changing(t, {
    versions: { 'g-1': OLDER },
    installation: { currentRun: aRun({ id: 'run-9' }) },
  })
  const { live } = await applier.apply(ONE, 'resync')
  assert.equal(live, null)
  assert.deepEqual([journal, refreshes], [['person 1'], []])
  const { stale } = await readInstallation(context.ledger)
  assert.match(stale['g-1']?.reason ?? '', /^built by version \d+ of the rules; version \d+ does not write to it$/)
})

test('a generation that is stored in another layout counts as one of another version', async (t) => {
  const { applier, refreshes, context } = await changing(t, {
    otherLayouts: ['g-2'],
    installation: { previous: kept(2) },
  })
  await applier.apply(ONE, 'resync')
  assert.deepEqual(refreshes, ['g-1 2026-06-01: person 1'])
  const { stale } = await readInstallation(context.ledger)
  assert.match(stale['g-2']?.reason ?? '', /^stored in layout 1; version \d+ does not write to it$/)
})

test('the generation of a run that goes live is refreshed from the switch on', async (t) => {
  const { applier, refreshes } = await changing(t, { complete: kept(3) })
  await applier.apply(ONE, 'resync')
  assert.deepEqual(refreshes, ['g-1 2026-06-01: person 1', 'g-3 2026-06-03: person 1'])
})

test('many keys are refreshed part by part, so that a run can go live in between', async (t) => {
  const { applier, refreshes } = await changing(t)
  const keys = Array.from({ length: 1_200 }, (_, at): ChangedKey => ({ kind: 'person', tcsPersonId: at + 1 }))
  const { live } = await applier.apply(keys, 'resync')
  assert.equal(live?.changes.length, 1_200)
  assert.equal(refreshes.length, 3)
})

test('nothing is done without a kept generation', async (t) => {
  const { applier, refreshes, journal } = await changing(t, { installation: { live: null } })
  assert.deepEqual(await applier.apply(ONE, 'resync'), { live: null, published: 0 })
  assert.deepEqual([refreshes, journal], [[], ['person 1']])
})

test('rows that could not be announced are announced with the next keys, whichever they are', async (t) => {
  let isAway = true
  const sent: string[] = []
  const { applier } = await changing(t, {
    broker: {
      publish:
        () =>
        async (_queue, { body }) => {
          if (isAway) throw new RevalError('BROKER_FAILED', 'away', { transient: true })
          sent.push(...decodeMasterRows(body).rows.map(({ value }) => value.id))
        },
    },
  })
  await assert.rejects(applier.apply(ONE, 'resync'), { code: 'BROKER_FAILED' })
  isAway = false
  await applier.apply([{ kind: 'person', tcsPersonId: 2 }], 'resync')
  assert.deepEqual(sent, ['tcs-1', 'tcs-2'])
  await applier.apply([{ kind: 'person', tcsPersonId: 2 }], 'resync')
  assert.equal(sent.length, 2)
})
