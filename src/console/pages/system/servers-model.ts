import type { GenerationsView } from '../../../app/health/generations.ts'
import type { ServerState, ServersView } from '../../../app/health/health-watch.ts'
import type { ProcessesView, ProcessView, SendView } from '../../../app/processes/processes-view.ts'
import { LIST_NAMES } from '../../../domain/lists.ts'
import type { Finding } from '../../../ports/finding.ts'
import type { Cell, Table } from '../../components/table.ts'
import type { Link } from '../../frame/page.ts'
import type { Reading } from '../../frame/reading.ts'
import { runPath } from '../../runs/run-name.ts'
import { bytes } from '../../words/bytes.ts'
import { duration } from '../../words/durations.ts'
import { dayInWords, instant } from '../../words/instants.ts'
import { LIST_NAMES as LIST_WORDS } from '../../words/lists.ts'
import { count, counted, listed, NOT_KNOWN } from '../../words/numbers.ts'
import { consoleRemedy } from '../../words/remedies.ts'
import { serverState, type Tag } from '../../words/states.ts'

export interface SystemModel {
  readonly tabs: readonly SystemTab[]
  readonly sentence: string
  readonly servers: Table
  readonly processes: Table | null
  /** What is sent to a Java integration service; null if nothing was. */
  readonly sends: Table | null
  /** What is not known, or missing, of the processes. */
  readonly notes: readonly string[]
  readonly generations: Table | null
  readonly room: string
  /** The findings of a check; null if none was asked for. */
  readonly check: { readonly sentence: string; readonly findings: Table | null } | null
  readonly links: readonly Link[]
}

export type SystemTab = Link & { readonly isCurrent: boolean }

const PAGES: readonly Link[] = [
  { text: 'Servers', href: '/console/system' },
  { text: 'Queues', href: '/console/system/queues' },
  { text: 'Schedule', href: '/console/schedule' },
  { text: 'Settings', href: '/console/system/settings' },
]

export function systemTabs(current: string): readonly SystemTab[] {
  return PAGES.map((page) => ({ ...page, isCurrent: page.href === current }))
}

export interface SystemFacts {
  readonly servers: ServersView
  readonly processes: Reading<ProcessesView>
  readonly generations: GenerationsView
  readonly check: Reading<readonly Finding[]> | null
  readonly now: number
}

export function systemModel({ servers, processes, generations, check, now }: SystemFacts): SystemModel {
  return {
    tabs: systemTabs('/console/system'),
    sentence: serversSentence(servers),
    servers: serversTable(servers, now),
    processes: processes.known && processes.value.processes.length > 0 ? processesTable(processes.value, now) : null,
    sends: processes.known ? sendsTable(processes.value, now) : null,
    notes: processNotes(processes),
    generations: generations.generations.length === 0 ? null : generationsTable(generations, now),
    room: roomSentence(generations),
    check: check && checkModel(check),
    links: [
      { text: 'Check the live lists against the sources', href: '/console/verify' },
      { text: 'The API and what it answers', href: '/docs' },
    ],
  }
}

function serversSentence({ servers }: ServersView): string {
  const away = servers.filter(({ state }) => state === 'away')
  const unknown = servers.filter(({ state }) => state === 'unknown').length
  const number = counted(servers.length, 'server')
  if (away.length > 0) {
    const are = away.length === 1 ? 'is' : 'are'
    return `${count(away.length)} of ${number} ${are} away: ${listed(away.map(({ name }) => name))}. Runs wait. What is live stays live.`
  }
  if (unknown > 0) return 'Whether the servers are working is not known yet. Refresh this page in a moment.'
  return servers.length === 1 ? 'The server is working.' : `All ${number} are working.`
}

/** Those that are away first. */
function serversTable({ servers }: ServersView, now: number): Table {
  const order = { away: 0, unknown: 1, working: 2 } as const
  return {
    id: 'servers',
    caption: 'Servers',
    columns: [{ text: 'Server' }, { text: 'State' }, { text: 'Since' }, { text: 'Answers in' }, { text: 'Last fault' }],
    rows: servers
      .toSorted((a, b) => order[a.state] - order[b.state])
      .map((server) => [
        { text: server.name },
        { tags: [tagOf(server)] },
        server.since === null ? { text: NOT_KNOWN } : { time: instant(server.since, now) },
        { text: answersIn(server) },
        faultOf(server, now),
      ]),
  }
}

function tagOf({ state }: ServerState): Tag {
  return serverState(state === 'unknown' ? null : state === 'working')
}

function answersIn({ state, answeredInMs }: ServerState): string {
  if (answeredInMs !== null) return `${count(answeredInMs)} ms`
  return state === 'away' ? 'No answer' : NOT_KNOWN
}

function faultOf({ fault, state }: ServerState, now: number): Cell {
  if (fault === null) return { text: 'None' }
  return {
    text: fault.reason,
    lines: [instant(fault.at, now).text, ...(state === 'away' ? [consoleRemedy(fault.code)] : [])],
  }
}

/** In the order of the table. */
const STATES: Readonly<Record<ProcessView['state'], Tag>> = {
  'not ready': { word: 'Not ready', colour: 'red' },
  ready: { word: 'Ready', colour: 'green' },
  'not seen': { word: 'Not seen', colour: 'grey' },
  stopped: { word: 'Stopped', colour: 'grey' },
}

function sendsTable({ processes }: ProcessesView, now: number): Table | null {
  const rows = processes.flatMap(({ name, sends }) =>
    sends.map((send): readonly Cell[] => [
      { text: send.stage === 'trainees' ? 'Trainees' : 'Doctors', lines: [name] },
      { tags: [SENDS[send.state]], lines: sendNotes(send) },
      { text: count(send.rows) },
      { text: count(send.failedRows) },
      { time: instant(Date.parse(send.startedAt), now) },
      send.endedAt === null ? { text: 'Not ended' } : { time: instant(Date.parse(send.endedAt), now) },
    ]),
  )
  if (rows.length === 0) return null
  const numeric = (text: string) => ({ text, isNumeric: true })
  return {
    id: 'sends',
    caption: 'Sent to the Java integration service',
    columns: [
      { text: 'What' },
      { text: 'State' },
      numeric('Rows sent'),
      numeric('Invalid rows'),
      { text: 'Started' },
      { text: 'Ended' },
    ],
    rows,
  }
}

const SENDS: Readonly<Record<SendView['state'], Tag>> = {
  sending: { word: 'Sending', colour: 'blue' },
  waiting: { word: 'Waiting', colour: 'blue' },
  sent: { word: 'Sent', colour: 'green' },
  failed: { word: 'Failed', colour: 'red' },
  interrupted: { word: 'Interrupted', colour: 'red' },
}

function sendNotes({ state, inQueue, failure }: SendView): readonly string[] {
  switch (state) {
    case 'waiting':
      return [`The end message waits until the queue is empty: ${counted(inQueue, 'message')}`]
    case 'failed':
      return [`No end message was sent: ${failure?.reason ?? NOT_KNOWN} (${failure?.code ?? NOT_KNOWN})`]
    case 'interrupted':
      return ['The process stopped. No end message was sent']
    case 'sending':
    case 'sent':
      return []
  }
}

function processesTable({ processes }: ProcessesView, now: number): Table {
  return {
    id: 'processes',
    caption: 'Processes',
    columns: [{ text: 'Process' }, { text: 'Services' }, { text: 'Version' }, { text: 'State' }, { text: 'Last seen' }],
    rows: processes
      .toSorted(byState)
      .map(({ name, services, version, state, away, seenAt, startedAt, writes, leaseUntil }) => [
        { text: name, lines: [`Started ${instant(Date.parse(startedAt), now).text}`] },
        { text: listed(services) },
        { text: version },
        {
          tags: [STATES[state]],
          lines: [
            ...(away.length === 0 ? [] : [`Cannot reach ${listed(away)}`]),
            ...(writes
              ? [
                  `Writes${leaseUntil === null ? '' : `, until ${instant(Date.parse(leaseUntil), now, 'seconds').text}`}`,
                ]
              : []),
          ],
        },
        { time: instant(Date.parse(seenAt), now) },
      ]),
  }
}

/** Those that run first. */
function byState(a: ProcessView, b: ProcessView): number {
  const states = Object.keys(STATES)
  return states.indexOf(a.state) - states.indexOf(b.state)
}

function processNotes(processes: Reading<ProcessesView>): readonly string[] {
  if (!processes.known) {
    return [
      `Which processes there are is not known, because the record of the runs does not answer: ${processes.reason} (${processes.code}).`,
    ]
  }
  const { missing, processes: known } = processes.value
  const unseen = missing.map(({ service, unseenSeconds }) =>
    unseenSeconds === null
      ? `No process of ${service} has been seen in the last hour.`
      : `No process of ${service} has been seen for ${duration(unseenSeconds)}.`,
  )
  return known.some(({ writes }) => writes)
    ? unseen
    : [...unseen, 'No process writes at the moment. Runs wait until one does.']
}

const KEPT = {
  live: { word: 'Live now', colour: 'green' },
  previous: { word: 'Live before', colour: 'aqua-green' },
  'held back': { word: 'Held back', colour: 'orange' },
  building: { word: 'Being built', colour: 'blue' },
  java: { word: 'Kept', colour: 'grey' },
} as const satisfies Readonly<Record<NonNullable<GenerationsView['generations'][number]['keptAs']>, Tag>>

function generationsTable({ generations }: GenerationsView, now: number): Table {
  const numeric = (text: string) => ({ text, isNumeric: true })
  return {
    id: 'generations',
    caption: 'Generations',
    columns: [
      { text: 'Generation' },
      { text: 'State' },
      { text: 'Data of' },
      numeric('Rows'),
      numeric('Size'),
      numeric('Rules'),
      { text: 'Made' },
    ],
    rows: generations.map((each) => [
      { text: each.generation, ...(each.run !== null && { href: runPath(each.run) }) },
      {
        tags: [each.keptAs === null ? { word: 'Not needed', colour: 'grey' } : KEPT[each.keptAs]],
        lines: [
          ...tableLines(each),
          ...(each.stale === null ? [] : [`Missed a change: ${each.stale}`]),
          ...(each.otherVersion === null ? [] : [each.otherVersion]),
        ],
      },
      { text: each.day === null ? NOT_KNOWN : dayInWords(each.day) },
      { text: count(each.rows) },
      { text: bytes(each.bytes) },
      { text: each.rulesVersion === null ? NOT_KNOWN : `version ${each.rulesVersion}` },
      each.createdAt === null ? { text: NOT_KNOWN } : { time: instant(each.createdAt, now) },
    ]),
  }
}

/** That its lists are tables, since which day, and how many rows each has. */
function tableLines({ tables }: GenerationsView['generations'][number]): readonly string[] {
  if (tables === null) return []
  const { day, rows } = tables
  const each = rows === null ? [] : LIST_NAMES.map((list) => `${LIST_WORDS[list]}: ${count(rows[list])}`)
  return [`Lists are tables for ${dayInWords(day)}`, ...each]
}

function roomSentence({ free, roomFor, fault }: GenerationsView): string {
  const why = fault === null ? '' : ` (${fault.reason}, ${fault.code})`
  if (free === null) return `How much space is free is not known${why}.`
  const room = roomFor === null ? '' : `: room for ${roomFor === 0 ? 'no' : count(roomFor)} more of the largest`
  return `${bytes(free)} free${room}.`
}

const SIGNS = {
  ok: { word: 'Working', colour: 'green' },
  warn: { word: 'Check this', colour: 'yellow' },
  fail: { word: 'Failed', colour: 'red' },
} as const satisfies Readonly<Record<Finding['status'], Tag>>

function checkModel(check: Reading<readonly Finding[]>): NonNullable<SystemModel['check']> {
  if (!check.known) {
    return { sentence: `The check could not be completed: ${check.reason} (${check.code}).`, findings: null }
  }
  const number = (status: Finding['status']) => check.value.filter((each) => each.status === status).length
  const [failed, warned] = [number('fail'), number('warn')]
  const order = { fail: 0, warn: 1, ok: 2 } as const
  return {
    sentence:
      failed + warned === 0
        ? `Checked ${counted(check.value.length, 'thing')}: all are as they should be.`
        : `Checked ${counted(check.value.length, 'thing')}: ${count(failed)} failed, ${count(warned)} to look at.`,
    findings: {
      id: 'findings',
      caption: 'Result of the check',
      columns: [{ text: 'What' }, { text: 'State' }, { text: 'Found' }],
      rows: check.value
        .toSorted((a, b) => order[a.status] - order[b.status])
        .map(({ what, status, found, remedy }) => [
          { text: what },
          { tags: [SIGNS[status]] },
          { text: found, ...(remedy !== undefined && { lines: [remedy] }) },
        ]),
    },
  }
}
