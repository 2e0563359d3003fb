import type { ResyncResult, ResyncScope } from '../ports/run-ledger.ts'
import { count } from './output.ts'

/** How many rows are listed; `--json` has up to a thousand. */
const ROWS_SHOWN = 50
const UNKNOWN_SHOWN = 20

const counted = (number: number, one: string, more: string) => `${count(number)} ${number === 1 ? one : more}`

/** What a resync did, as text. */
export function resyncLines({ changed, written, keys, unknown, failed }: ResyncResult, scope: ResyncScope): string[] {
  if (keys === 0) return [nothingIn(scope)]
  const shown = changed.slice(0, ROWS_SHOWN)
  const rest = written - shown.length
  return [
    ...shown.map(({ op, id }) => `${op} ${id}`),
    ...(rest > 0 ? [`and ${counted(rest, 'other row', 'other rows')}`] : []),
    ...failed.map(({ key, code, reason }) => `failed ${key}: ${code}: ${reason}`),
    ...unknownLines(unknown),
    `${counted(keys, 'key', 'keys')} refreshed: ${summary(written, failed.length)}`,
  ]
}

function nothingIn(scope: ResyncScope): string {
  if ('body' in scope) return `no row of the live generation has the body ${scope.body}`
  return 'failed' in scope ? 'the live generation has no failed rows' : 'no keys to refresh'
}

function summary(written: number, failed: number): string {
  const changes = written === 0 ? 'nothing changed' : counted(written, 'row written', 'rows written')
  return failed === 0 ? changes : `${changes}, ${counted(failed, 'row failed', 'rows failed')}`
}

function unknownLines(unknown: readonly string[]): string[] {
  if (unknown.length === 0) return []
  const shown = unknown.slice(0, UNKNOWN_SHOWN).join(', ')
  const rest = unknown.length - UNKNOWN_SHOWN
  return [`neither source knows ${shown}${rest > 0 ? ` and ${count(rest)} more` : ''}`]
}
