import type { RunView } from '../app/run-view.ts'
import { count, indented, table } from './output.ts'

type Comparison = NonNullable<RunView['comparison']>
type Verification = NonNullable<RunView['verification']>

/** How the generation of a run differed from live: rows that differ, and who enters and leaves each list. */
export function comparisonLines({ with: { run }, day, summary }: Comparison): string[] {
  const { missing, surplus, different, lists } = summary
  const moved = Object.entries(lists).map(([name, { all, bodies }]) => ({ name, ...all, bodies: Object.keys(bodies) }))
  const movements = moved.filter(({ enter, leave, change }) => enter + leave + change > 0)
  const rows = movements.map(({ name, enter, leave, change, bodies }) => [
    name,
    count(enter),
    count(leave),
    count(change),
    count(bodies.length),
  ])
  return [
    `compared with live run ${run}, lists of ${day}: ${differing({ missing, surplus, different }, ['new', 'gone'])}`,
    ...(rows.length === 0 ? [] : indented(table(['index', 'enter', 'leave', 'change', 'bodies'], rows))),
  ]
}

/** The result of a verification. */
export function verificationLines(verification: Verification): string[] {
  const { live, day, rows, settled, repaired } = verification
  const found = differing(verification, ['missing', 'surplus'])
  const later = settled === 0 ? '' : `; ${count(settled)} differed at first, and no longer`
  return [
    `verified live run ${live.run} for ${day}: ${found}${later} (${count(rows.live)} rows, ${count(rows.built)} expected)`,
    ...(repaired === null ? [] : [repairLine(repaired)]),
  ]
}

function repairLine({ how, at, remaining }: NonNullable<Verification['repaired']>): string {
  const done = how === 'promote' ? 'by promoting what was built' : 'by refreshing the rows that differ'
  return `repaired ${done}, ${at}: ${remaining === 0 ? 'nothing differs any more' : `${count(remaining)} rows still differ`}`
}

function differing(
  { missing, surplus, different }: Pick<Verification, 'missing' | 'surplus' | 'different'>,
  [only, gone]: readonly [string, string],
): string {
  if (missing + surplus + different === 0) return 'nothing differs'
  return `${count(missing)} rows ${only}, ${count(surplus)} ${gone}, ${count(different)} different`
}
