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
} from '../ports/run-ledger.ts'

/** So many conflicts in a row are no contention any more but a fault. */
const TRIES = 50

/**
 * Changes a record by compare-and-set: reads it, asks for the new value, stores it, and starts over when somebody
 * else was first. `change` gets null where there is no record yet; it returns null to leave the record as it is, and
 * may throw to refuse. Resolves with the record as it then is.
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
  building: null,
  changing: null,
  history: [],
  stillSending: [],
}

export async function readInstallation(ledger: RunLedger): Promise<Installation> {
  return (await ledger.read('installation', INSTALLATION))?.value ?? NEW_INSTALLATION
}

type InstallationChange = (installation: Installation) => Installation | null

/** Changes what the installation does and shows; see `changeRecord`. For whoever is not the writer. */
export async function changeInstallation(ledger: RunLedger, change: InstallationChange): Promise<Installation> {
  const changed = await changeRecord(ledger, 'installation', INSTALLATION, (value) => change(value ?? NEW_INSTALLATION))
  return changed ?? NEW_INSTALLATION
}

/** What only the writer changes, and only in its own term. Rejects WRITER_LOST once another has taken over. */
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

/** Puts the writer's term on record, before it changes anything: from then on earlier writers are refused. */
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
