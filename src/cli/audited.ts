import { hostname, userInfo } from 'node:os'
import { statusOf } from '../app/http/errors.ts'
import { newId } from '../app/sync-context.ts'
import { asRevalError } from '../errors/reval-error.ts'
import { beginAudit, type AuditContext, type Ending } from '../sync/audit/audit.ts'

/** What the audit log records of a command. */
export interface AuditedCommand {
  readonly what: `reval ${string}`
  /** What it acts on; null for the installation as a whole. */
  readonly subject?: object | string | null
  readonly why?: string
}

/** What a download reports to its audit entry. */
export interface DownloadRecord {
  /** Null unless it is a download. */
  rows: number | null
  /** False if its reader left early. */
  isComplete: boolean
}

const LONGEST = 1_000

/**
 * Runs a command's action between the two writes of its audit entry, which names the user of this machine. Rejects as the action
 * does; if the entry cannot be written, rejects without running the action. If it cannot be completed, prints a warning.
 */
export async function audited<T>(
  { ledger, clock }: Pick<AuditContext, 'ledger' | 'clock'>,
  { what, subject = null, why = '' }: AuditedCommand,
  action: (download: DownloadRecord) => Promise<T>,
): Promise<T> {
  const about = typeof subject === 'object' && subject !== null ? JSON.stringify(subject) : subject
  const complete = await beginAudit(
    { ledger, clock, newId },
    {
      who: userName(),
      roles: [],
      from: `command line on ${hostname()}`,
      what,
      subject: about?.slice(0, LONGEST) ?? null,
      why: why.slice(0, LONGEST),
    },
  )
  const end = async (result: Ending) => {
    try {
      await complete(result)
    } catch (error) {
      // The action is over, and its own result matters more.
      process.stderr.write(`warning: cannot complete the audit entry: ${asRevalError(error).message}\n`)
    }
  }
  const download: DownloadRecord = { rows: null, isComplete: true }
  try {
    const done = await action(download)
    await end({ outcome: download.isComplete ? 'done' : 'failed', code: null, rows: download.rows })
    return done
  } catch (error) {
    const coded = asRevalError(error)
    await end({ outcome: statusOf(coded) < 500 ? 'refused' : 'failed', code: coded.code, rows: download.rows })
    throw error
  }
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}
