import type { StoredDoctor } from '../../domain/doctor.ts'
import type { SourceTables } from '../../ports/source-filling.ts'
import { Deck } from './deck.ts'
import { doctors } from './doctors.ts'
import type { NumberBook } from './gmc-numbers.ts'
import { permutation } from './permutation.ts'
import { Draws } from './random.ts'
import { reasons } from './reasons.ts'
import { recommendations } from './recommendations.ts'

/** The rows of one doctor, and now and then a recommendation and a reason of a number that does not exist. */
export interface DoctorRows {
  readonly doctor: StoredDoctor
  readonly recommendations: readonly SourceTables['recommendation'][]
  readonly reasons: readonly SourceTables['exceptionLogs'][]
}

/** The `_id` of the one doctor without a number: it has a recommendation and a reason, and no trainee. */
const UNNUMBERED = 'UNKNOWN'

/** Doctors; call it with positions 0 … `count` - 1 in order. Trainees are in another order. */
export function doctorRows(seed: number, count: number, book: NumberBook): (position: number) => DoctorRows {
  const doctor = doctors(seed)
  const recommendation = recommendations(seed)
  const reason = reasons(seed)
  const order = permutation(count, new Draws(seed, 'order of doctors'))
  const strays = new Deck(new Draws(seed, 'strays'), [
    [false, 1202],
    [true, 1],
  ])
  const unnumbered = count > 1 ? count - 1 : null

  return (position) => {
    const index = order(position)
    if (index === unnumbered) {
      return {
        doctor: doctor(UNNUMBERED),
        recommendations: [recommendation.one(UNNUMBERED)],
        reasons: [reason.one(UNNUMBERED)],
      }
    }
    const number = book.ofDoctor(index)
    const rows = {
      doctor: doctor(number),
      recommendations: recommendation.ofDoctor(number),
      reasons: reason.ofDoctor(number),
    }
    if (strays.deal()) {
      rows.recommendations.push(recommendation.one(book.ofNobody(index)))
      rows.reasons.push(reason.one(book.ofNobody(index)))
    }
    return rows
  }
}
