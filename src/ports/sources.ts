import type { Recommendation, StoredDoctor } from '../domain/doctor.ts'
import type { GmcNumber } from '../domain/gmc-number.ts'
import type { TcsPerson } from '../domain/trainee.ts'

/**
 * A source as it was at one moment, where the backend can give that: rows do not change while it is read. Read from
 * beginning to end once, in any order, never held whole in memory. Closed by its user, also after an error.
 */
export interface Snapshot<Row> extends AsyncDisposable {
  /**
   * Which filling of the sources this is, where the backend knows; null where it cannot tell. One run reads one
   * edition: when the sources were replaced between two stages, the run begins again.
   */
  readonly edition: string | null
  /** How many rows are expected: for progress and time left only, never for proof. */
  readonly expected: number
  /**
   * The rows, in batches of at most `size`, none of them empty. Rejects SOURCE_FAILED. Texts and dates come as they
   * are stored: judging them is the rules' part. Stops early and cleanly when the caller leaves the loop.
   */
  batches(size: number): AsyncIterable<readonly Row[]>
}

/** The trainees and programmes of TCS. */
export interface TraineeSource {
  /** One `TcsPerson` for each `ContactDetails` row. Rejects SOURCE_MISSING where the source was never filled. */
  snapshot(): Promise<Snapshot<TcsPerson>>
  /** Resolves when the source can be read; rejects with what stands in the way, SOURCE_MISSING among it. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** A doctor with the latest of the recommendations whose `gmcNumber` equals the doctor's stored `_id`. */
export interface DoctorRecord {
  readonly doctor: StoredDoctor
  readonly latest: Recommendation | null
  /** Another document of the source trims to the same GMC number: both fail. What is no GMC number shares nothing. */
  readonly sharesNumber: boolean
}

/** The doctors and recommendations of the GMC's data. */
export interface DoctorSource {
  /** One record for each document of `doctorsForDB`. Rejects SOURCE_MISSING where the source was never filled. */
  snapshot(): Promise<Snapshot<DoctorRecord>>
  /** Resolves when the source can be read; rejects with what stands in the way, SOURCE_MISSING among it. */
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
  /** One record for each document. Rejects SOURCE_MISSING where the source was never filled. */
  snapshot(): Promise<Snapshot<ExceptionRecord>>
  /** The reasons of these numbers as they are now; numbers without one, or with a blank one, are absent. */
  reasonsOf(numbers: readonly GmcNumber[]): Promise<ReadonlyMap<GmcNumber, string>>
  /** Resolves when the source can be read; rejects with what stands in the way, SOURCE_MISSING among it. */
  ping(): Promise<void>
  close(): Promise<void>
}
