import type { AuditEntry } from '../../ports/audit.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeRecord } from '../records.ts'
import type { ErasedKeys } from './erased-keys.ts'

const PAGE = 1_000

/** The ids of the audit entries that name one of these keys. An entry that was written a moment ago may be missing. */
export async function auditNaming(
  { ledger }: Pick<WriterContext, 'ledger'>,
  keys: ErasedKeys,
): Promise<readonly string[]> {
  const naming: string[] = []
  for (let before: string | undefined; ;) {
    const page = await ledger.audit(PAGE, before)
    naming.push(...page.filter((entry) => masked(entry, keys) !== null).map(({ id }) => id))
    before = page.at(-1)?.id
    if (before === undefined) return naming
  }
}

/** Masks these keys in audit entries. Who did what, when and from where stays: it is about others. */
export async function maskAudit(
  { ledger }: Pick<WriterContext, 'ledger'>,
  ids: readonly string[],
  keys: ErasedKeys,
): Promise<void> {
  for (const id of ids) {
    await changeRecord(ledger, 'audit', id, (entry) => (entry === null ? null : masked(entry, keys)))
  }
}

/** The entry with its keys masked; null if it names none. */
function masked(entry: AuditEntry, keys: ErasedKeys): AuditEntry | null {
  const subject = entry.subject === null ? null : maskedSubject(entry.subject, keys)
  const why = keys.masked(entry.why)
  return subject === entry.subject && why === entry.why ? null : { ...entry, subject, why }
}

/** A text or number in JSON; the last may be cut short. */
const VALUE = /"(?:[^"\\]|\\.)*"|(?<![\w.-])\d+(?![\w.-])/g

/** A subject is a text, or JSON that may be cut short. A person id must be a whole value: it may be any figure. */
function maskedSubject(subject: string, keys: ErasedKeys): string {
  if (!subject.startsWith('{')) return keys.masked(subject)
  return subject.replace(VALUE, (value) => {
    const text = value.startsWith('"') ? value.slice(1, -1) : value
    const shown = keys.masked(text)
    return shown === text ? value : `"${shown}"`
  })
}
