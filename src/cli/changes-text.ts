import type { ChangesView, StaleView } from '../app/changes-view.ts'
import { count, table } from './output.ts'

const age = (seconds: number | null): string => (seconds === null ? '-' : `${count(seconds)} s`)

/** Live changes as text; no lines until a writer has consumed changes. */
export function changesLines(changes: ChangesView | null): string[] {
  if (changes === null) return []
  const { waiting, oldestSeconds, perSecond, lastRefreshedAt, paused, channels } = changes
  const rows = channels.map((each) => [
    each.channel,
    count(each.waiting),
    age(each.oldestSeconds),
    count(each.refreshed),
    count(each.deadLettered),
    each.isBehind ? 'behind' : '',
  ])
  return [
    `changes: ${count(waiting)} waiting, oldest ${age(oldestSeconds)}, ${perSecond}/s, last refreshed ${lastRefreshedAt ?? 'never'}`,
    ...(paused === null ? [] : [`changes are paused: ${paused.code}: ${paused.reason}`]),
    ...table(['channel', 'waiting', 'oldest', 'refreshed', 'dead letters', ''], rows).map((line) => `  ${line}`),
  ]
}

/** The kept generations that missed a change, one per line. */
export function staleLines(stale: readonly StaleView[]): string[] {
  return stale.map(({ kept, run, reason }) => `${kept} run ${run} is stale: ${reason}`)
}
