import { DESIGNATED_BODIES } from '../../domain/designated-bodies.ts'
import { DOCTOR_STATUS, type UnderNotice } from '../../domain/codes.ts'
import type { StoredDoctor } from '../../domain/doctor.ts'
import { daysOf } from './calendar.ts'
import { Deck } from './deck.ts'
import { doctorNames } from './names.ts'
import { Draws } from './random.ts'

// No list of bodies is empty.
const CODES = DESIGNATED_BODIES.map((body) => body.code) as [string, ...string[]]

/** Documents of `doctorsForDB` for one `_id` after another. */
export function doctors(seed: number): (storedId: string) => StoredDoctor {
  const draws = new Draws(seed, 'doctors')
  const names = doctorNames(new Draws(seed, 'names of doctors'))
  const notices = new Deck<UnderNotice | null>(draws, [
    ['NO', 645],
    ['YES', 490],
    ['ON_HOLD', 59],
    [null, 9],
  ])
  const bodies = new Deck(draws, [
    ['code', 1056],
    [null, 72],
    ['', 39],
    ['  ', 36],
  ])
  const existence = new Deck(draws, [
    [true, 1061],
    [false, 48],
    [null, 94],
  ])
  const admins = new Deck(draws, [
    ['reval.admin@example.nhs.uk', 409],
    ['a.n.other@example.nhs.uk', 382],
    [null, 412],
  ])
  const dated = new Deck(draws, [
    [true, 1152],
    [false, 51],
  ])
  const submission = daysOf(draws, 2026, 2032)
  const added = daysOf(draws, 2012, 2025)
  const updated = daysOf(draws, 2024, 2025)

  return (storedId) => {
    const { surname, forenames } = names()
    const body = bodies.deal()
    return {
      storedId,
      doctorFirstName: forenames,
      doctorLastName: surname,
      submissionDate: dated.deal() ? submission() : null,
      dateAdded: added(),
      underNotice: notices.deal(),
      sanction: draws.pick(['Yes', 'No']),
      doctorStatus: draws.pick(DOCTOR_STATUS),
      lastUpdatedDate: updated(),
      designatedBodyCode: body === 'code' ? draws.pick(CODES) : body,
      admin: admins.deal(),
      existsInGmc: existence.deal(),
    }
  }
}
