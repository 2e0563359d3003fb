import type { AttemptId, DigestCounts, Manifest } from '../../ports/run-ledger.ts'
import { SequenceSet } from './sequence-set.ts'

/** Whether the digest of a message is that of its sender; `skipped` if it has none or one of its rows failed. */
export type DigestResult = 'same' | 'different' | 'skipped'

/** The result of one message. */
export interface MessageAccount {
  /** From 1. */
  readonly sequence: number
  readonly rows: number
  readonly failedRows: number
  /** Doctors without a trainee, each written as a row. */
  readonly withoutTrainee: number
  /** Trainees of these doctors whose rows were refused. */
  readonly lostTrainees: number
  readonly digest: DigestResult
}

/**
 * Counts what was received of one attempt of a sender. Each message counts once, by its sequence number, however often it
 * is delivered. Kept in memory: another writer restarts the run. Source: docs/decisions/2-manifest.md.
 */
export class StageManifest {
  readonly attempt: AttemptId
  readonly #seen = new SequenceSet()
  #rows = 0
  #failedRows = 0
  #withoutTrainee = 0
  #lostTrainees = 0
  #different = 0
  #skipped = 0

  constructor(attempt: AttemptId) {
    this.attempt = attempt
  }

  /** Counts a message whose rows are written. False if it was counted before. */
  add({ sequence, rows, failedRows, withoutTrainee, lostTrainees, digest }: MessageAccount): boolean {
    if (!this.#seen.add(sequence)) return false
    this.#rows += rows
    this.#failedRows += failedRows
    this.#withoutTrainee += withoutTrainee
    this.#lostTrainees += lostTrainees
    if (digest === 'different') this.#different += 1
    if (digest === 'skipped') this.#skipped += 1
    return true
  }

  get counts(): Manifest {
    const { size: messages } = this.#seen
    return { messages, rows: this.#rows, failedRows: this.#failedRows, withoutTrainee: this.#withoutTrainee }
  }

  get lostTrainees(): number {
    return this.#lostTrainees
  }

  get digests(): DigestCounts {
    const compared = this.#seen.size - this.#skipped
    return { compared, different: this.#different, skipped: this.#skipped }
  }
}
