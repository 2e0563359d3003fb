import type { Recommendation, StoredDoctor } from '../domain/doctor.ts'
import type { GmcNumber } from '../domain/gmc-number.ts'
import type { TcsPerson } from '../domain/trainee.ts'

/**
 * A source at one moment, if the backend supports that: rows do not change while it is read. It is read once, in any
 * order, and never held in memory as a whole. The caller closes it, also after an error.
 */
export interface Snapshot<Row> extends AsyncDisposable {
  /**
   * Identifies this filling of the sources; null if the backend cannot tell. A run reads one edition: if the sources are
   * replaced between two stages, the run restarts.
   */
  readonly edition: string | null
  /** How many rows to expect: for progress and time left, not for checks. */
  readonly expected: number
  /**
   * The rows, in batches of 1 to `size`. Rejects SOURCE_FAILED. Texts and dates are as stored; the rules validate them.
   * The caller may leave the loop early.
   */
  batches(size: number): AsyncIterable<readonly Row[]>
}

/** The keys of the persons to read from TCS. */
export interface TraineeRecordKeys {
  readonly personIds: readonly number[]
  readonly numbers: readonly GmcNumber[]
}

/** The trainees and programmes of TCS. */
export interface TraineeSource {
  /** One `TcsPerson` for each `ContactDetails` row. Rejects SOURCE_MISSING if the source was never filled. */
  snapshot(): Promise<Snapshot<TcsPerson>>
  /**
   * The persons with one of these ids, and those whose stored GMC number is one of these, each once, in any order, as they
   * are now; ids and numbers that TCS does not know are absent. A number stored with spaces around it may not be found. A
   * few queries, whatever the number of keys. Rejects SOURCE_FAILED, SOURCE_MISSING.
   */
  recordsOf(keys: TraineeRecordKeys): Promise<readonly TcsPerson[]>
  /** Resolves if the source can be read; otherwise rejects with the reason, such as SOURCE_MISSING. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** A doctor with the latest of the recommendations whose `gmcNumber` equals the doctor's stored `_id`. */
export interface DoctorRecord {
  readonly doctor: StoredDoctor
  readonly latest: Recommendation | null
  /** Another document has the same GMC number after trimming, so both fail. False if `_id` is not a GMC number. */
  readonly sharesNumber: boolean
}

/** The keys of the documents of `doctorsForDB` to read. */
export interface DoctorRecordKeys {
  readonly numbers: readonly GmcNumber[]
  readonly storedIds: readonly string[]
}

/** The doctors and recommendations of the GMC's data. */
export interface DoctorSource {
  /** One record for each document of `doctorsForDB`. Rejects SOURCE_MISSING if the source was never filled. */
  snapshot(): Promise<Snapshot<DoctorRecord>>
  /**
   * The documents whose `_id` trims to one of these numbers or equals one of these ids, each once, in any order, as they are
   * now, with `sharesNumber` as in a snapshot. A few queries, whatever the number of keys. Rejects SOURCE_FAILED,
   * SOURCE_MISSING.
   */
  recordsOf(keys: DoctorRecordKeys): Promise<readonly DoctorRecord[]>
  /** The `gmcNumber` as stored of these recommendations, by `_id` as text; absent if there is none. */
  doctorsOfRecommendations(recommendationIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /**
   * All recommendations of these doctors, by their stored `_id`, as they are now; doctors without any are absent. Absent from a backend that
   * keeps the latest ones only. Rejects SOURCE_FAILED.
   */
  recommendationsOf?(storedIds: readonly string[]): Promise<ReadonlyMap<string, readonly Recommendation[]>>
  /** Resolves if the source can be read; otherwise rejects with the reason, such as SOURCE_MISSING. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Why a connection failed, by GMC number; the reason exactly as written, blank included. */
export interface ExceptionRecord {
  /** `_id` as stored. */
  readonly storedId: string
  readonly reason: string | null
}

/** The reasons of failed connections (`exceptionLogs`). */
export interface ExceptionSource {
  /** One record for each document. Rejects SOURCE_MISSING if the source was never filled. */
  snapshot(): Promise<Snapshot<ExceptionRecord>>
  /** The current reasons of these numbers; numbers without one, or with a blank one, are absent. */
  reasonsOf(numbers: readonly GmcNumber[]): Promise<ReadonlyMap<GmcNumber, string>>
  /** Resolves if the source can be read; otherwise rejects with the reason, such as SOURCE_MISSING. */
  ping(): Promise<void>
  close(): Promise<void>
}
