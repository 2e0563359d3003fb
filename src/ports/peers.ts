import { LIST_NAMES, type ListName } from '../domain/lists.ts'
import type { ServiceName } from './run-ledger.ts'

/** A service that counts lists; where it is a Java service, it writes them. */
export type ListOwner = Extract<ServiceName, 'recommendation' | 'connection'>

/** The service that each list belongs to: this table is the only place that says so. */
const OWNERS: Readonly<Record<ListName, ListOwner>> = {
  recommendationindex: 'recommendation',
  connectedindex: 'connection',
  disconnectedindex: 'connection',
  exceptionindex: 'connection',
}

/** The lists that belong to a service. */
export function listsOf(service: ServiceName): readonly ListName[] {
  return LIST_NAMES.filter((list) => OWNERS[list] === service)
}

/** The Java services among these that write lists. */
export function listWriters(javaPeers: readonly ServiceName[]): readonly ListOwner[] {
  return (['recommendation', 'connection'] as const).filter((owner) => javaPeers.includes(owner))
}

/** What an installation guarantees when all four services are ours. */
export const GUARANTEES = {
  proved: 'completeness is proved by counts and digests',
  automatic: 'a run that passes its checks goes live automatically',
  restarts: 'a run restarts after a crash of a service or of integration',
  apart: 'one sync at a time, and messages of one never count for another',
  counted: 'each list is counted by its own service too',
  whole: 'readers never see a half-built list',
  undo: 'rollback brings back all five indexes',
  agree: 'lists agree with the master index',
  today: '`exceptionindex` is that of today: the end-date rule is applied when it is read',
  changes: 'a change in the sources shows as a sync would show it',
} as const
export type Guarantee = keyof typeof GUARANTEES

const UNPROVED = {
  automatic: 'only if its counts are within `REVAL_CHECK_UNPROVED_SHARE` of live; not if nothing is live',
  restarts: 'no: it fails with `SENDER_STILL_SENDING`, unless it is going live already',
}

const BEHIND =
  'unless the Java service is behind: then it may restore an older row or add a second one, until the next change of that doctor, `reval verify --repair` or sync'
const BY_HAND =
  'A doctor whom somebody connects or disconnects there is in its lists at once, and in the master index once the source changes'
const OF_TABLES = 'no: that of the day of the run, since lists beside it must be tables'
const UNCOUNTED = 'no: `getMaster`, which asks for the counts, would make it rebuild its lists'

/**
 * What each Java service takes away from a guarantee, and what is left of it. What is not named holds beside it. With several Java
 * services, all that is named for any of them is lost.
 */
export const LOST_BESIDE: Readonly<Record<ServiceName, Readonly<Partial<Record<Guarantee, string>>>>> = {
  integration: {
    proved: 'no: nothing is counted',
    automatic: 'no: live from the first row',
    restarts: 'no: start the sync again',
    apart: 'no, but with each command our tcs starts over, and sends one end message',
    counted: 'no',
    whole: 'no',
    undo: 'no',
    agree: 'no',
    today: 'no: it is written when `getMaster` arrives and when a row changes',
    changes: 'no: null clears nothing, and memberships are never taken over',
  },
  tcs: {
    proved:
      'of trainees, only what arrived is counted; those that arrive after `REVAL_QUIET_SECONDS` of silence are refused',
    ...UNPROVED,
    apart: 'if nothing else sends it `syncStart`',
  },
  recommendation: {
    proved:
      'of doctors, only what arrived is counted; those that arrive after `REVAL_QUIET_SECONDS` of silence are refused',
    ...UNPROVED,
    apart: 'if nothing else sends it `gmcSyncStart`',
    counted: UNCOUNTED,
    agree: BEHIND,
    today: OF_TABLES,
  },
  connection: { counted: UNCOUNTED, agree: `${BEHIND}. ${BY_HAND}`, today: OF_TABLES },
}

/**
 * What is lost or limited beside these Java services, each with the services that cause it. Beside a Java integration only what
 * follows from it: what the others take away, they take from our integration.
 */
export function lostBeside(
  javaPeers: readonly ServiceName[],
): readonly { readonly guarantee: Guarantee; readonly peers: readonly ServiceName[]; readonly left: string }[] {
  const causes: readonly ServiceName[] = javaPeers.includes('integration') ? ['integration'] : javaPeers
  return (Object.keys(GUARANTEES) as Guarantee[]).flatMap((guarantee) => {
    const losing = causes.filter((peer) => LOST_BESIDE[peer][guarantee] !== undefined)
    const alike = Map.groupBy(losing, (peer) => LOST_BESIDE[peer][guarantee] ?? '')
    return [...alike].map(([left, peers]) => ({ guarantee, peers, left }))
  })
}
