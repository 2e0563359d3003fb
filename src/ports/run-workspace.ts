import type { GmcNumber } from '../domain/gmc-number.ts'
import type { Trainee } from '../domain/trainee.ts'

/** Whose row may have changed: a person of TCS, or a GMC number. */
export type ChangedKey =
  { readonly kind: 'person'; readonly tcsPersonId: number } | { readonly kind: 'number'; readonly number: GmcNumber }

/** A key as it was read from the journal: told back as it is when it was dealt with. */
export type JournalKey = ChangedKey & {
  /** Which addition of the key this reading saw. Of use to the workspace only. */
  readonly mark: number
}

/** A doctor that asks for the trainees of its number. */
export interface DoctorKey {
  readonly number: GmcNumber
  /** `_id` as stored: two documents of one number are told apart by it. */
  readonly storedId: string
}

/** What the workspace knows of the number of a doctor. */
export interface Joined {
  /** In the order of their person ids. */
  readonly trainees: readonly Trainee[]
  /** Never blank. */
  readonly reason: string | null
  /** The `storedId` with which this number was asked for first, where that was another one. */
  readonly sharedWith: string | null
}

/**
 * What the writer collects of one run before rows are written: trainees, reasons, and the keys that changed meanwhile.
 * A scratch file on this machine, of this process alone: it is not durable, it is never found again after a crash, and
 * it leaves nothing behind. Memory stays flat however much it holds. Every method rejects DISK_FULL when its disk is
 * full and WORKSPACE_FAILED for any other fault; neither is transient. After such a fault, and once it is closed, every
 * method but `close` rejects: what the workspace holds is not to be trusted any more.
 */
export interface RunWorkspace {
  /** Adds trainees; one that is there already is replaced, so a message that comes twice changes nothing. */
  addTrainees(trainees: readonly Trainee[]): Promise<void>
  /** Distinct persons that were added. */
  countTrainees(): Promise<number>
  /** Adds the reasons that are not blank; a later one of a number replaces an earlier one. */
  addReasons(reasons: readonly { readonly number: GmcNumber; readonly reason: string }[]): Promise<void>
  /** Forgets all reasons: they are read anew. */
  clearReasons(): Promise<void>
  /**
   * Joins doctors to the trainees and the reason of their number, one answer each, in order. To be called once all
   * trainees and reasons were added. The trainees of a number that was joined are not among `unjoined` any more. Asked
   * again with the same key it answers the same.
   */
  join(doctors: readonly DoctorKey[]): Promise<readonly Joined[]>
  /** Trainees whose number no doctor joined, or who have none. */
  countUnjoined(): Promise<number>
  /**
   * The next of them by person id, after the person `after`, with the reason of their number; fewer than `limit` at the
   * end. `after` is null at the beginning. To be called once all doctors were joined.
   */
  unjoined(
    after: number | null,
    limit: number,
  ): Promise<readonly { readonly trainee: Trainee; readonly reason: string | null }[]>

  /** Puts keys into the journal, each once however often it comes. */
  addToJournal(keys: readonly ChangedKey[]): Promise<void>
  /**
   * Some keys of the journal, in the order in which they first came; they stay until they are removed. Fewer than
   * `limit` when these are all.
   */
  journal(limit: number): Promise<readonly JournalKey[]>
  /** Removes keys that were dealt with, as they were read; one that was added again since that reading stays. */
  removeFromJournal(keys: readonly JournalKey[]): Promise<void>

  /** Gives the disk back. Idempotent. */
  close(): Promise<void>
}

/** Where the writer finds room for a run. */
export interface RunWorkspaces {
  /** Opens an empty workspace. Rejects WORKSPACE_UNUSABLE where the folder cannot be made or written, or DISK_FULL. */
  open(): Promise<RunWorkspace>
}
