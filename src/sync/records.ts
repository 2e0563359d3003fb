import { RevalError } from '../errors/reval-error.ts'
import {
  INBOX,
  INSTALLATION,
  type Inbox,
  type Installation,
  type LedgerRecords,
  type RecordKind,
  type Run,
  type RunId,
  type RunLedger,
  WRITER,
} from '../ports/run-ledger.ts'
import type { Clock } from '../ports/clock.ts'

/** More conflicts in a row than this are a fault rather than contention. */
const TRIES = 50

/**
 * Changes a record by compare-and-set: reads it, calls `change` for the new value and saves it; starts over if another
 * process saved first. `change` gets null if there is no record yet; it returns null to leave the record unchanged, and
 * may throw to refuse. Resolves with the resulting record.
 */
export async function changeRecord<K extends RecordKind>(
  ledger: RunLedger,
  kind: K,
  id: string,
  change: (value: LedgerRecords[K] | null) => LedgerRecords[K] | null,
): Promise<LedgerRecords[K] | null> {
  for (let tries = 1; ; tries += 1) {
    const found = await ledger.read(kind, id)
    const value = change(found?.value ?? null)
    if (value === null) return found?.value ?? null
    try {
      await ledger.save(kind, id, value, found?.revision ?? 'new')
      return value
    } catch (error) {
      if (!(error instanceof RevalError) || error.code !== 'LEDGER_CONFLICT' || tries === TRIES) throw error
    }
  }
}

export const NEW_INSTALLATION: Installation = {
  term: 0,
  currentRun: null,
  live: null,
  previous: null,
  heldBack: null,
  discarding: null,
  building: null,
  java: null,
  changing: null,
  history: [],
  stillSending: [],
  stale: {},
}

export async function readInstallation(ledger: RunLedger): Promise<Installation> {
  return (await ledger.read('installation', INSTALLATION))?.value ?? NEW_INSTALLATION
}

type InstallationChange = (installation: Installation) => Installation | null

/** Changes the installation record; see `changeRecord`. For processes that are not the writer. */
export async function changeInstallation(ledger: RunLedger, change: InstallationChange): Promise<Installation> {
  const changed = await changeRecord(ledger, 'installation', INSTALLATION, (value) => change(value ?? NEW_INSTALLATION))
  return changed ?? NEW_INSTALLATION
}

/** Changes the installation record as the writer of a term. Rejects WRITER_LOST after a takeover. */
export async function changeAsWriter(
  { ledger, term }: { readonly ledger: RunLedger; readonly term: number },
  change: InstallationChange,
): Promise<Installation> {
  return changeInstallation(ledger, (installation) => {
    if (installation.term !== term) {
      throw new RevalError('WRITER_LOST', `term ${term} is over, current term is ${installation.term}`)
    }
    return change(installation)
  })
}

/** Records the term of a new writer, before it changes anything. From then on, earlier writers are refused. */
export async function enterTerm({
  ledger,
  term,
}: {
  readonly ledger: RunLedger
  readonly term: number
}): Promise<void> {
  await changeInstallation(ledger, (installation) => {
    if (installation.term > term) {
      throw new RevalError('WRITER_LOST', `term ${term} is over, current term is ${installation.term}`)
    }
    return installation.term === term ? null : { ...installation, term }
  })
}

export async function readInbox(ledger: RunLedger): Promise<Inbox> {
  return (await ledger.read('inbox', INBOX))?.value ?? { requests: [] }
}

/** The run of an id. Rejects RUN_UNKNOWN. */
export async function readRun(ledger: RunLedger, id: RunId): Promise<Run> {
  const found = await ledger.read('run', id)
  if (found === null) throw new RevalError('RUN_UNKNOWN', `no such run: ${id}`, { details: { run: id } })
  return found.value
}

/** Whether a process holds the writer's lease now. */
export async function hasActiveWriter({
  ledger,
  clock,
}: {
  readonly ledger: RunLedger
  readonly clock: Clock
}): Promise<boolean> {
  const lease = await ledger.read('lease', WRITER)
  return lease !== null && lease.value.until > clock.now()
}
