import assert from 'node:assert/strict'
import type { Row, RowId } from '../../../src/domain/row.ts'
import type { TcsPerson } from '../../../src/domain/trainee.ts'
import type { StoredDoctor } from '../../../src/domain/doctor.ts'
import type { IndexStore, StoredRow } from '../../../src/ports/index-store.ts'
import type { RunLedger, ServiceName } from '../../../src/ports/run-ledger.ts'
import type { ChangedKey } from '../../../src/ports/run-workspace.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { planRefresh, type RefreshPlan } from '../../../src/sync/refresh/plan.ts'
import { createRefresh, type Refreshed, type RefreshTarget } from '../../../src/sync/refresh/refresh.ts'
import type { KeyedSources } from '../../../src/sync/refresh/source-reading.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aNumber, aPerson, aStoredDoctor } from '../../domain/examples.ts'
import { altered } from '../../faults/altered.ts'
import { aContext } from '../a-context.ts'
import { DAYS } from './happenings.ts'
import { REFRESH_SETTINGS, type RefreshPlace } from './place.ts'
import { World, type Happening } from './world.ts'

export const person = (tcsPersonId: number): ChangedKey => ({ kind: 'person', tcsPersonId })
export const number = (text: string): ChangedKey => ({ kind: 'number', number: aNumber(text) })
export const document = (storedId: string): ChangedKey => ({ kind: 'document', storedId })

/** A person of TCS, with a number as stored. */
export function trainee(personId: number, gmcNumber: string | null, differing: Partial<TcsPerson> = {}): Happening {
  return { in: 'tcs', personId, person: aPerson({ personId, gmcDetails: { gmcNumber }, ...differing }) }
}

export function noTrainee(personId: number): Happening {
  return { in: 'tcs', personId, person: null }
}

export function doctor(storedId: string, differing: Partial<StoredDoctor> = {}): Happening {
  return { in: 'gmc', storedId, document: { stored: aStoredDoctor({ ...differing, storedId }), latest: null } }
}

export function noDoctor(storedId: string): Happening {
  return { in: 'gmc', storedId, document: null }
}

export function reason(of: string, text: string | null): Happening {
  return { in: 'exceptions', number: aNumber(of), reason: text }
}

/** What a refresh asks its backends for. */
type Request = 'get' | 'find' | 'write' | 'makeVisible' | 'trainees' | 'doctors' | 'reasons' | 'failures' | 'ledger'

export interface Options {
  /** The backends, made faulty. */
  readonly store?: (store: IndexStore) => IndexStore
  readonly ledger?: (ledger: RunLedger) => RunLedger
  readonly sources?: (sources: KeyedSources) => KeyedSources
  readonly rowsPerWrite?: number
  readonly javaPeers?: readonly ServiceName[]
  /** Generations of both days by default. */
  readonly days?: readonly string[]
  /** Whether the lists are tables; by default those of every other generation are. */
  readonly tables?: boolean
}

/** Generations that are built from what happened first, and a refresh of them, every request of which is logged. */
export async function refreshing(place: RefreshPlace, first: readonly Happening[], options: Options = {}) {
  const { store = same, ledger = same, sources = same, rowsPerWrite = 1_000, javaPeers = [], days = DAYS } = options
  const world = new World()
  const ids = new Set<RowId>()
  const happen = async (...happenings: readonly Happening[]): Promise<ChangedKey[]> => {
    const keys = happenings.map((happening) => world.happen(happening))
    for (const day of DAYS) for (const id of world.rebuild(day).rows.keys()) ids.add(id)
    await place.fill(world.tables())
    return keys
  }
  await happen(...first)
  const targets: RefreshTarget[] = []
  for (const day of days) targets.push(await place.build(world, day, options.tables))

  const requests: Request[] = []
  const told: string[] = []
  const clock = new ManualClock()
  const events = createRunEvents()
  events.on('row.failed', ({ row }) => told.push(row.key))
  const settings = { ...REFRESH_SETTINGS, rowsPerWrite, javaPeers }
  const logged = loggedStore(store(place.openStore()), requests)
  const readFrom = loggedSources(sources(place.sources), requests)
  const newRefresh = () => {
    const context = aContext({
      store: loggedStore(store(place.openStore()), requests),
      ledger: loggedLedger(ledger(place.ledger), requests),
      settings,
      clock,
      events,
    })
    return createRefresh(context, readFrom)
  }
  let refresh = newRefresh()

  return {
    targets,
    clock,
    requests,
    /** The failed rows in the events, by key. */
    told,
    happen,
    /** Another process becomes the writer. */
    restart: () => {
      refresh = newRefresh()
    },
    settle: (keys: readonly ChangedKey[]) => refresh(targets, keys, 'resync'),
    /** Refreshes; rejects if that fails in a generation. One result for each. */
    refresh: async (...keys: readonly ChangedKey[]): Promise<readonly Refreshed[]> =>
      (await refresh(targets, keys, 'resync')).map(valueOf),
    /** Refreshes keys of messages that another writer may have begun with. */
    refreshAgain: async (...keys: readonly ChangedKey[]): Promise<readonly Refreshed[]> =>
      (await refresh(targets, keys, 'resync', { mendTables: true })).map(valueOf),
    /** Plans the refresh; rejects if that fails for a generation. One plan for each. */
    plan: async (...keys: readonly ChangedKey[]): Promise<readonly RefreshPlan[]> =>
      (await planRefresh({ store: logged, settings }, readFrom, targets, keys)).map(valueOf),
    failures: (target: RefreshTarget) => place.failures(target),
    /** All generations, and their failures, equal a rebuild from the sources now. */
    assertRight: async (): Promise<void> => {
      for (const target of targets) {
        const { rows, refused } = world.rebuild(target.day)
        assert.deepEqual(await place.rows(target, [...ids]), rows)
        assert.deepEqual((await place.failures(target)).map(({ key }) => key).sort(), [...refused].sort())
      }
    },
  }
}

/** The writes of a refresh in short: `+` created, `~` replaced, `-` deleted. */
export function writesOf({ changes }: Refreshed): string[] {
  const sign = (before: StoredRow | null, after: Row | null) => (before === null ? '+' : after === null ? '-' : '~')
  return changes.map(({ id, before, after }) => `${sign(before, after)}${id}`).sort()
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason
  return result.value
}

function same<T>(own: T): T {
  return own
}

function loggedStore(store: IndexStore, requests: Request[]): IndexStore {
  return altered(store, {
    get:
      (own) =>
      (...values) => (requests.push('get'), own(...values)),
    findByNumbers:
      (own) =>
      (...values) => (requests.push('find'), own(...values)),
    write:
      (own) =>
      (...values) => (requests.push('write'), own(...values)),
    makeVisible:
      (own) =>
      (...values) => (requests.push('makeVisible'), own(...values)),
  })
}

function loggedLedger(ledger: RunLedger, requests: Request[]): RunLedger {
  return altered(ledger, {
    failures:
      (own) =>
      (...values) => (requests.push('failures'), own(...values)),
    addFailures:
      (own) =>
      (...values) => (requests.push('ledger'), own(...values)),
    removeFailures:
      (own) =>
      (...values) => (requests.push('ledger'), own(...values)),
  })
}

function loggedSources({ trainees, doctors, exceptions }: KeyedSources, requests: Request[]): KeyedSources {
  return {
    trainees: { recordsOf: (keys) => (requests.push('trainees'), trainees.recordsOf(keys)) },
    doctors: { recordsOf: (keys) => (requests.push('doctors'), doctors.recordsOf(keys)) },
    exceptions: { reasonsOf: (numbers) => (requests.push('reasons'), exceptions.reasonsOf(numbers)) },
  }
}
