import type { AuditView } from '../app/json/audit.ts'
import { table } from './output.ts'

type Entry = AuditView['entries'][number]

/** The audit log as a table. */
export function auditLines({ entries, next }: AuditView): string[] {
  if (entries.length === 0) return ['No entries']
  const rows = entries.map((entry) => [
    ...[entry.at, entry.who, entry.from, entry.what],
    ...[entry.subject && cut(entry.subject), resultText(entry), entry.why],
  ])
  return [
    ...table(['when', 'who', 'from', 'what', 'of', 'result', 'why'], rows),
    ...(next === null ? [] : [`More: reval audit --before ${next}`]),
  ]
}

/** The whole is in `--json`. */
const LONGEST = 200

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function resultText({ result }: Entry): string {
  if (result === null) return 'not completed'
  const { outcome, code, rows } = result
  const text = code === null ? outcome : `${outcome}: ${code}`
  return rows === null ? text : `${text}, ${rows} rows`
}
