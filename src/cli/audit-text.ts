import type { AuditView } from '../app/json/audit.ts'
import { table } from './output.ts'

type Entry = AuditView['entries'][number]

/** The audit log as a table; `columns` is the width of the terminal, null for none. */
export function auditLines({ entries, next }: AuditView, columns: number | null = null): string[] {
  if (entries.length === 0) return ['No entries']
  const rows = entries.map((entry) => [
    ...[entry.at, entry.who, entry.from, entry.what],
    ...[entry.subject && cut(entry.subject), resultText(entry), entry.why],
  ])
  return [
    ...table(HEADER, rows, columns === null ? undefined : { columns, cut: ['of', 'why', 'from'] }),
    ...(next === null ? [] : [`More: reval audit --before ${next}`]),
  ]
}

const HEADER = ['when', 'who', 'from', 'what', 'of', 'result', 'why']

/** `--json` has the whole text. */
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
