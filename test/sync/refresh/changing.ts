import type { TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { gmcNumber } from '../../../src/domain/gmc-number.ts'
import { doctorRowId, rowsOfNumber, NO_NUMBER_PARTS, type Row } from '../../../src/domain/row.ts'
import type { RevalError } from '../../../src/errors/reval-error.ts'
import type { Broker } from '../../../src/ports/broker.ts'
import type { Channel } from '../../../src/ports/changes.ts'
import type { Installation, KeptGeneration } from '../../../src/ports/run-ledger.ts'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import type { SyncSettings } from '../../../src/sync/context.ts'
import { ChangeApplier, type ChangeLead } from '../../../src/sync/refresh/apply-changes.ts'
import { ChangeLoop } from '../../../src/sync/refresh/change-loop.ts'
import { ChangesReport } from '../../../src/sync/refresh/changes-report.ts'
import type { Refreshed, RefreshKeys } from '../../../src/sync/refresh/refresh.ts'
import { changeInstallation } from '../../../src/sync/records.ts'
import { Mutex } from '../../../src/sync/wait/mutex.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { altered, type Alterations } from '../../faults/altered.ts'
import type { Gate } from '../../faults/gate.ts'
import { aTrainee } from '../../domain/examples.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS, storeFor } from '../a-context.ts'
import { aRun, kept } from '../examples.ts'
import { Log } from '../log.ts'

/** A key as a test writes it: `person 1`, `number 7000001`, `document UNKNOWN`. */
export function keyText(key: ChangedKey): string {
  if (key.kind === 'person') return `person ${key.tcsPersonId}`
  return key.kind === 'number' ? `number ${key.number}` : `document ${key.storedId}`
}

/** What a refresh meets instead of doing its work; null to do it. */
export type RefreshFault = (keys: readonly string[], generation: string) => RevalError | null

export interface ChangingOptions {
  readonly settings?: Partial<SyncSettings>
  readonly broker?: Alterations<Broker>
  readonly installation?: Partial<Installation>
  /** The version of each generation that exists; by default `g-1` to `g-3` of this version. */
  readonly versions?: Readonly<Record<string, number>>
  /** The generations that the store has in another layout. */
  readonly otherLayouts?: readonly string[]
  readonly complete?: KeptGeneration
  /** The error of a refresh as a whole, as when a source is away. */
  readonly ofSources?: (keys: readonly string[]) => RevalError | null
  readonly ofGeneration?: RefreshFault
  /** Holds the first refresh. */
  readonly gate?: Gate
  /** The doctors of recommendations, by id. */
  readonly recommendations?: Readonly<Record<string, string>>
}

/**
 * The writer's side of live changes, with a refresh whose rows are invented: each key has one row, which the first refresh
 * creates and later ones leave.
 */
export async function changing(t: TestContext, options: ChangingOptions = {}) {
  const clock = new ManualClock()
  const { otherLayouts = [] } = options
  const store = altered(await storeFor(t), {
    generations: (own) => async () =>
      (await own()).map((each) => (otherLayouts.includes(each.id) ? { ...each, otherLayout: 1 } : each)),
  })
  const versions = options.versions ?? { 'g-1': ASSEMBLE_VERSION, 'g-2': ASSEMBLE_VERSION, 'g-3': ASSEMBLE_VERSION }
  for (const [id, assembleVersion] of Object.entries(versions)) {
    await store.createGeneration({ id, createdAt: 1, assembleVersion })
  }
  const ledger = await ledgerFor(t)
  for (const name of [1, 2, 3]) {
    const run = aRun({ id: `run-${name}`, day: `2026-06-0${name}`, state: 'live' })
    await ledger.save('run', run.id, run, 'new')
  }
  await changeInstallation(ledger, (known) => ({ ...known, term: 1, live: kept(1), ...options.installation }))
  const own = brokerFor(t, clock)
  const broker = altered(own, options.broker ?? {})
  const settings = { ...SETTINGS, ...options.settings }
  const context = { ...aContext({ clock, ledger, store, broker, settings }), term: 1, guard: () => undefined }
  const log = new Log()
  const { events } = context
  events.on('changes.refreshed', ({ messages, keys }) => log.add(`refreshed ${messages} messages, ${keys} keys`))
  events.on('message.deadLettered', ({ queue, error }) => log.add(`dead letter of ${queue}: ${error.code}`))
  events.on('warning', ({ doing, error }) => log.add(`warning: ${doing}: ${error.code}`))
  events.on('generation.stale', ({ generation }) => log.add(`stale: ${generation}`))
  events.on('channel.behind', ({ channel }) => log.add(`behind: ${channel}`))
  events.on('channel.recovered', ({ channel }) => log.add(`recovered: ${channel}`))

  const journal: string[] = []
  const lead: ChangeLead = {
    changes: new Mutex(),
    complete: options.complete ?? null,
    journalChanges: async (keys) => {
      journal.push(...keys.map(keyText))
    },
  }
  /** The keys of each refresh of each generation. */
  const refreshes: string[] = []
  /** Why the keys of each refresh were refreshed, by key; or all of them. */
  const causes: string[] = []
  const rows = new Map<string, Row>()
  /** The keys of refreshes that mend tables. */
  const mended: string[] = []
  const refresh: RefreshKeys = async (targets, keys, why, { mendTables = false } = {}) => {
    if (mendTables) mended.push(...keys.map(keyText))
    causes.push(
      ...(typeof why === 'string' ? [why] : [...why].map(([key, of]) => `${key}: ${[...new Set(of)].join(', ')}`)),
    )
    await options.gate?.pass()
    const texts = keys.map(keyText)
    const fault = options.ofSources?.(texts) ?? null
    if (fault !== null) throw fault
    return targets.map(({ generation, day }) => {
      const own = options.ofGeneration?.(texts, generation) ?? null
      if (own !== null) return { status: 'rejected', reason: own }
      refreshes.push(`${generation} ${day}: ${texts.join(', ')}`)
      return { status: 'fulfilled', value: refreshedIn(rows, generation, keys) }
    })
  }
  const applier = new ChangeApplier(context, lead, refresh)
  const report = new ChangesReport(context)
  const doctors = {
    doctorsOfRecommendations: async (ids: readonly string[]) =>
      new Map(Object.entries(options.recommendations ?? {}).filter(([id]) => ids.includes(id))),
  }
  const loop = new ChangeLoop(context, { applier, doctors, report })
  const send = (channel: Channel, body: unknown) =>
    own.publish(channel, { body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), attributes: {} })
  /** Runs the loop until the test ends, or until it is stopped. */
  const start = () => {
    const stopping = new AbortController()
    const running = loop.run(stopping.signal)
    running.catch(() => undefined)
    const stop = async () => {
      stopping.abort(new Error('the test stops it'))
      await running
    }
    t.after(async () => {
      stopping.abort(new Error('the test is over'))
      await running.catch(() => undefined)
    })
    return { running, stop }
  }
  return {
    context,
    clock,
    ledger,
    broker: own,
    log,
    journal,
    refreshes,
    causes,
    mended,
    applier,
    report,
    loop,
    send,
    start,
  }
}

function refreshedIn(rows: Map<string, Row>, generation: string, keys: readonly ChangedKey[]): Refreshed {
  const wanted = keys.map(rowOf)
  const created = wanted.filter(({ id }) => !rows.has(`${generation} ${id}`))
  for (const row of created) rows.set(`${generation} ${row.id}`, row)
  return {
    changes: created.map((row) => ({ id: row.id, before: null, after: row })),
    rows: wanted,
    failed: [],
    unknown: [],
  }
}

function rowOf(key: ChangedKey): Row {
  if (key.kind === 'person') {
    const [row] = rowsOfNumber([aTrainee({ tcsPersonId: key.tcsPersonId })], NO_NUMBER_PARTS)
    if (row !== undefined) return row
  }
  const number = key.kind === 'number' ? key.number : gmcNumber(null)
  const id = doctorRowId(key.kind === 'document' ? key.storedId : (number ?? ''))
  return {
    id,
    parts: {
      trainee: aTrainee({ tcsPersonId: 0, gmcReferenceNumber: number }),
      doctor: null,
      outcome: null,
      reason: null,
    },
  }
}

/** A message about a trainee, as TCS sends it. */
export const traineeOf = (tcsPersonId: number) => ({ tcsPersonId })
/** A change event of a doctor or recommendation. */
export const doctorOf = (storedId: string) => ({ operationType: 'replace', fullDocument: { _id: storedId } })
