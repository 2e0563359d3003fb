import { personIdIn, storedIdIn } from '../../../domain/row.ts'
import type { Run } from '../../../ports/run-ledger.ts'
import type { Finding, Verification } from '../../../ports/verification.ts'
import { isOver } from '../../../sync/run-state.ts'
import { allDiffering, differing, remaining } from '../../../sync/verify/findings.ts'
import type { Pagination } from '../../components/pagination.ts'
import { pagination } from '../../components/pagination.ts'
import type { Summary } from '../../components/summary.ts'
import type { Table } from '../../components/table.ts'
import type { Link } from '../../frame/page.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { duration } from '../../words/durations.ts'
import { dayInWords, fullInstant, instant } from '../../words/instants.ts'
import { count, counted, NOT_KNOWN } from '../../words/numbers.ts'
import { person } from '../../words/people.ts'
import { runState, type Kept } from '../../words/states.ts'
import { fieldInWords } from '../preview/summary-model.ts'

export const FINDINGS_PER_PAGE = 25

export interface VerifyModel {
  readonly sentence: string
  readonly explanation: string
  /** The verification in progress. */
  readonly running: { readonly text: string; readonly link: Link } | null
  /** What may be done; null for people who may not. */
  readonly actions: { readonly check: string; readonly repair: Link | null } | null
  readonly mayNot: string | null
  readonly history: Table | null
}

export interface VerifyFacts {
  readonly latest: Verification | null
  /** Whether the latest one is of what is live now. */
  readonly isOfLive: boolean
  /** Latest first. */
  readonly runs: readonly Run[]
  readonly current: Run | null
  readonly kept: Kept
  readonly mayOperate: boolean
  readonly now: number
}

export function verifyModel({ latest, isOfLive, runs, current, kept, mayOperate, now }: VerifyFacts): VerifyModel {
  const verifying = current?.purpose === 'verify' && !isOver(current.state) ? current : null
  const open = latest === null || !isOfLive ? 0 : remaining(latest)
  const repair = {
    text: open === 0 ? 'Check again and repair' : `Repair ${counted(open, 'row')}`,
    href: '/console/verify/repair',
  }
  const isBusy = current !== null && !isOver(current.state)
  return {
    sentence: sentenceOf(latest, isOfLive, now),
    explanation:
      'A check reads both sources again, builds the rows that should be there, and compares them with what is live. What is live does not change.',
    running: verifying === null ? null : runningOf(verifying, now),
    actions: mayOperate && !isBusy ? { check: latest === null ? 'Check now' : 'Check again', repair } : null,
    mayNot: mayOperate
      ? isBusy && verifying === null
        ? 'A run is in progress. A check can start once it has ended.'
        : null
      : 'Only operators can start a check or a repair.',
    history: runs.length === 0 ? null : historyOf(runs, kept),
  }
}

function sentenceOf(latest: Verification | null, isOfLive: boolean, now: number): string {
  if (latest === null) return 'Not checked yet.'
  const { text } = instant(latest.finishedAt, now)
  const when = text.includes(' at ') ? `on ${text}` : `at ${text}`
  const checked = `Checked ${counted(latest.rows.live, 'row')} ${when}`
  const found = allDiffering(latest)
  const result = found === 0 ? 'all are as the sources say.' : `${count(found)} ${found === 1 ? 'differs' : 'differ'}.`
  const repaired =
    latest.repaired === null
      ? ''
      : ` After the repair, ${latest.repaired.remaining === 0 ? 'none differ' : `${count(latest.repaired.remaining)} differ`}.`
  const other = isOfLive || latest.repaired?.how === 'promote' ? '' : ' Another run has gone live since.'
  return `${checked}: ${result}${repaired}${other}`
}

function runningOf(run: Run, now: number): NonNullable<VerifyModel['running']> {
  const rows = Object.values(run.stages).reduce((sum, stage) => sum + stage.rows + (stage.unjoined?.written ?? 0), 0)
  return {
    text: `A check is in progress: ${counted(rows, 'row')} so far, running for ${duration((now - run.requestedAt) / 1000)}.`,
    link: { text: 'See its stages', href: runPath(run.id) },
  }
}

function historyOf(runs: readonly Run[], kept: Kept): Table {
  const columns = ['Rows', 'Different', 'Missing', 'Surplus'].map((text) => ({ text, isNumeric: true }))
  return {
    id: 'history',
    caption: 'Checks',
    columns: [{ text: 'When' }, { text: 'State' }, ...columns, { text: 'Asked for by' }],
    rows: runs.map((run) => {
      const { verification: result } = run
      const figures = [result?.rows.live, result?.different, result?.missing, result?.surplus]
      return [
        {
          text: fullInstant(run.requestedAt).text,
          href: result === null ? runPath(run.id) : verificationPath(run.id),
        },
        { tags: [runState(run, kept)] },
        ...figures.map((figure) => ({ text: count(figure) })),
        { text: person(run.requestedBy) },
      ]
    }),
  }
}

export function verificationPath(run: string): string {
  return `/console/verify/${encodeURIComponent(run)}`
}

export interface ResultModel {
  readonly sentence: string
  readonly details: Summary
  readonly findings: Table | null
  readonly note: string | null
  readonly pagination: Pagination | null
  readonly repair: Link | null
}

/** One result, with a page of the rows that differ. */
export function resultModel(
  run: Run,
  verification: Verification,
  findings: readonly Finding[],
  { page, isLatest, now }: { readonly page: number; readonly isLatest: boolean; readonly now: number },
): ResultModel {
  const { rows, missing, surplus, different, tables, settled, listed, repaired } = verification
  const found = allDiffering(verification)
  const beyond = found - listed
  return {
    sentence: sentenceOf(verification, true, now),
    details: [
      { key: 'Run', value: { text: runName(run), href: runPath(run.id) } },
      { key: 'Data of', value: { text: dayInWords(verification.day) } },
      { key: 'Asked for by', value: { text: person(verification.by) } },
      { key: 'Took', value: { text: duration((verification.finishedAt - run.requestedAt) / 1000) } },
      { key: 'Rows', value: { text: `${count(rows.live)} live, ${count(rows.built)} as the sources require` } },
      { key: 'Different', value: { text: count(different) } },
      { key: 'Missing', value: { text: count(missing), lines: ['The sources have them, the lists do not.'] } },
      { key: 'Surplus', value: { text: count(surplus), lines: ['The lists have them, the sources do not.'] } },
      ...(tables === null ? [] : [{ key: 'In tables', value: tablesValue(differing(tables)) }]),
      {
        key: 'On their way',
        value: { text: count(settled), lines: ['Differed at first, but were right when they were checked again.'] },
      },
      { key: 'Repaired', value: { text: repairedText(repaired) } },
    ],
    findings: findings.length === 0 ? null : findingsTable(findings),
    note: beyond > 0 ? `Only the first ${count(listed)} rows are listed; ${count(beyond)} more differ.` : null,
    pagination: pagination(
      { page, pages: pagesOf(verification) },
      (each) => `${verificationPath(run.id)}?page=${each}`,
    ),
    repair:
      isLatest && found > 0 && repaired === null
        ? { text: `Repair ${counted(found, 'row')}`, href: '/console/verify/repair' }
        : null,
  }
}

export function pagesOf({ listed }: Pick<Verification, 'listed'>): number {
  return Math.max(1, Math.ceil(listed / FINDINGS_PER_PAGE))
}

/** Rows of tables: other programs may write to them. */
function tablesValue(differ: number): Summary[number]['value'] {
  const lines =
    differ === 0
      ? ['Every table has what the master index says.']
      : [
          'These tables do not have what the master index says. Another program changed them:',
          'a Java service that writes the list, if there is one. A repair puts them right.',
        ]
  return { text: count(differ), lines }
}

function repairedText(repaired: Verification['repaired']): string {
  if (repaired === null) return 'No'
  const how = repaired.how === 'rows' ? 'The rows were read again' : 'What was built went live'
  return `${how}; ${counted(repaired.remaining, 'row')} still ${repaired.remaining === 1 ? 'differs' : 'differ'}`
}

const KINDS = { missing: 'Missing', surplus: 'Surplus', different: 'Different' } as const

function findingsTable(findings: readonly Finding[]): Table {
  return {
    id: 'findings',
    caption: 'Rows that differ',
    columns: [{ text: 'Row' }, { text: 'What' }, { text: 'Fields' }, { text: 'Repaired' }],
    rows: findings.map(({ list, id, kind, fields, isRepaired }) => [
      { text: nameOf(id), href: `/console/doctors/${encodeURIComponent(id)}` },
      { text: list === null ? KINDS[kind] : `${KINDS[kind]} ${kind === 'missing' ? 'from' : 'in'} ${list}` },
      { text: fields.length === 0 ? NOT_KNOWN_OF[kind] : fields.map(fieldInWords).join(', ') },
      { text: isRepaired ? 'Yes' : 'No' },
    ]),
  }
}

const NOT_KNOWN_OF = { missing: 'All', surplus: 'All', different: NOT_KNOWN } as const

function nameOf(id: string): string {
  const trainee = personIdIn(id)
  if (trainee !== null) return `Trainee ${trainee}`
  const number = storedIdIn(id)
  return number === null ? id : `Doctor ${number}`
}
