import type { GmcOutcome } from '../../../src/domain/codes.ts'
import type { Doctor } from '../../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../../src/domain/gmc-number.ts'
import { NO_NUMBER_PARTS, rowsOfNumber, type Row } from '../../../src/domain/row.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'

/** A doctor as sent. */
export interface DoctorMessage {
  readonly doctor: Doctor
  readonly outcome: GmcOutcome | null
}

/** What a run collects before it writes rows. Duplicates change nothing. */
export class Workspace {
  readonly #trainees = new Map<number, Trainee>()
  readonly #reasons = new Map<GmcNumber, string>()
  readonly #joined = new Set<GmcNumber>()

  addTrainee(trainee: Trainee): void {
    this.#trainees.set(trainee.tcsPersonId, trainee)
  }

  addReason(number: GmcNumber, reason: string): void {
    this.#reasons.set(number, reason)
  }

  /** The rows of a doctor. */
  join(sent: DoctorMessage): Row[] {
    const number = gmcNumber(sent.doctor.gmcReferenceNumber)
    if (number === null) return rowsOfNumber([], { ...sent, reason: null })
    this.#joined.add(number)
    const trainees = [...this.#trainees.values()].filter(
      ({ gmcReferenceNumber }) => gmcNumber(gmcReferenceNumber) === number,
    )
    return rowsOfNumber(trainees, { ...sent, reason: this.#reasons.get(number) ?? null })
  }

  /** The rows of unjoined trainees. */
  unjoined(): Row[] {
    return [...this.#trainees.values()].flatMap((trainee) => {
      const number = gmcNumber(trainee.gmcReferenceNumber)
      if (number === null) return rowsOfNumber([trainee], NO_NUMBER_PARTS)
      if (this.#joined.has(number)) return []
      return rowsOfNumber([trainee], { ...NO_NUMBER_PARTS, reason: this.#reasons.get(number) ?? null })
    })
  }
}
