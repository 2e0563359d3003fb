import type { AttemptId, Manifest } from '../../ports/run-ledger.ts'
import { SequenceSet } from './sequence-set.ts'

/** Whether a message's digest was that of its sender; `skipped` where it has none, or a row of it failed. */
export type DigestResult = 'same' | 'different' | 'skipped'

/** What one message came to. */
export interface MessageAccount {
  /** From 1. */
  readonly sequence: number
  readonly rows: number
  readonly failedRows: number
  /** Doctors without a trainee, whose own rows were written. */
  readonly withoutTrainee: number
  /** Trainees whose rows were to be written with this message and were not. */
  readonly lostTrainees: number
  readonly digest: DigestResult
}

/** Digests of the messages of a stage. */
export interface DigestCounts {
  readonly compared: number
  readonly different: number
  readonly skipped: number
}

/**
 * What came of one attempt of a sender: each message once, by its sequence number, however often it is delivered. Kept
 * in the writer's memory: another writer begins the run again. Source: design, "Manifest, in memory".
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

  /** Counts a message whose rows are done. False where it was counted already. */
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
