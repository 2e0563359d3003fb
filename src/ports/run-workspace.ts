import type { GmcNumber } from '../domain/gmc-number.ts'
import type { Trainee } from '../domain/trainee.ts'

/**
 * Whose row may have changed: a person of TCS, a GMC number, or a document of `doctorsForDB` whose `_id` is other text than a
 * GMC number, as stored.
 */
export type ChangedKey =
  | { readonly kind: 'person'; readonly tcsPersonId: number }
  | { readonly kind: 'number'; readonly number: GmcNumber }
  | { readonly kind: 'document'; readonly storedId: string }

/** A key as it was read from the journal; pass it unchanged to `removeFromJournal`. */
export type JournalKey = ChangedKey & {
  /** Tells which addition of the key was read. For the workspace only. */
  readonly mark: number
}

/** A doctor to be joined with the trainees of its number. */
export interface DoctorKey {
  readonly number: GmcNumber
  /** `_id` as stored: it distinguishes two documents with the same number. */
  readonly storedId: string
}

/** The trainees and reason of a doctor's number. */
export interface Joined {
  /** In the order of their person ids. */
  readonly trainees: readonly Trainee[]
  /** Never blank. */
  readonly reason: string | null
  /** The `storedId` that this number was first joined with, if it was another one; else null. */
  readonly sharedWith: string | null
}

/**
 * What the writer collects for a run before it writes rows: trainees, reasons, and keys that changed meanwhile. A scratch
 * file on this machine, private to this process: it is not durable, does not survive a crash and leaves nothing behind.
 * Memory stays flat whatever its size. Every method rejects DISK_FULL if the disk is full, and WORKSPACE_FAILED on any
 * other error; neither is transient. After such an error, and after `close`, every method but `close` rejects: the
 * contents cannot be trusted any more.
 */
export interface RunWorkspace {
  /** Adds trainees. Replaces those that exist, so a duplicate message changes nothing. */
  addTrainees(trainees: readonly Trainee[]): Promise<void>
  /** The number of distinct persons added. */
  countTrainees(): Promise<number>
  /** Adds the reasons that are not blank. A later reason for a number replaces an earlier one. */
  addReasons(reasons: readonly { readonly number: GmcNumber; readonly reason: string }[]): Promise<void>
  /** Removes all reasons, before they are read again. */
  clearReasons(): Promise<void>
  /**
   * Joins doctors to the trainees and the reason of their number: one result each, in order. Call it once all trainees and
   * reasons are added. Trainees of a joined number are no longer `unjoined`. Idempotent by key.
   */
  join(doctors: readonly DoctorKey[]): Promise<readonly Joined[]>
  /** The number of trainees without a number, or whose number was not joined to a doctor. */
  countUnjoined(): Promise<number>
  /**
   * The next of those trainees, by person id, with the reason of their number; fewer than `limit` at the end. `after` is
   * the last person id of the page before, or null. Call it once all doctors are joined.
   */
  unjoined(
    after: number | null,
    limit: number,
  ): Promise<readonly { readonly trainee: Trainee; readonly reason: string | null }[]>

  /** Adds keys to the journal, which holds each key once. */
  addToJournal(keys: readonly ChangedKey[]): Promise<void>
  /**
   * The first keys of the journal, in the order in which they were added; they stay until removed. Fewer than `limit` if
   * there are no more.
   */
  journal(limit: number): Promise<readonly JournalKey[]>
  /** Removes keys that were refreshed. A key that was added again since it was read stays. */
  removeFromJournal(keys: readonly JournalKey[]): Promise<void>

  /** Frees the disk space. Idempotent. */
  close(): Promise<void>
}

/** Opens workspaces for the writer. */
export interface RunWorkspaces {
  /** Opens an empty workspace. Rejects WORKSPACE_UNUSABLE if the folder cannot be created or written, or DISK_FULL. */
  open(): Promise<RunWorkspace>
}
