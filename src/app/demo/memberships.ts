import type { SourceTables } from '../../ports/source-filling.ts'
import { daysOf } from './calendar.ts'
import { Deck } from './deck.ts'
import { Draws } from './random.ts'
import { uuids } from './uuid.ts'

type ProgrammeMembership = SourceTables['ProgrammeMembership']
type CurriculumMembership = SourceTables['CurriculumMembership']

/** When a membership is: `current` ones are so on any day from 2026 to 2032, half-dated ones never. */
type Period = 'current' | 'past' | 'future' | 'no start' | 'no end' | 'no dates'

export interface MembershipRows {
  readonly memberships: readonly ProgrammeMembership[]
  readonly curricula: readonly CurriculumMembership[]
}

function periodDays(draws: Draws): (period: Period) => readonly [start: string | null, end: string | null] {
  const begun = daysOf(draws, 2015, 2024)
  const ended = daysOf(draws, 2025, 2025)
  const beginning = daysOf(draws, 2031, 2032)
  const ending = daysOf(draws, 2033, 2038)
  return (period) => {
    switch (period) {
      case 'current':
        return [begun(), ending()]
      case 'past':
        return [begun(), ended()]
      case 'future':
        return [beginning(), ending()]
      case 'no start':
        return [null, ending()]
      case 'no end':
        return [begun(), null]
      case 'no dates':
        return [null, null]
    }
  }
}

/** The memberships of each person in turn, with their curricula, in one of this many programmes. */
export function memberships(seed: number, programmes: number): (personId: number) => MembershipRows {
  const draws = new Draws(seed, 'memberships')
  const histories = new Deck<readonly Period[]>(draws, [
    [['current'], 657],
    [['current', 'past'], 149],
    [['past'], 115],
    [['current', 'current'], 101],
    [[], 96],
    [['future'], 37],
    [['no start', 'current'], 17],
    [['no end', 'current'], 11],
    [['current', 'current', 'current'], 11],
    [['no dates', 'current'], 6],
  ])
  const types = new Deck(draws, [
    ['SUBSTANTIVE', 1122],
    ['MILITARY', 70],
    ['LAT', 63],
    ['Visitor', 53],
    ['FTSTA', 51],
    ['VISITOR', 35],
    [null, 15],
    [' ', 1],
  ])
  const upperCased = new Deck(draws, [
    ['neither', 1400],
    ['membership', 9],
    ['curricula', 1],
  ])
  const uuid = uuids(new Draws(seed, 'UUIDs'))
  const days = periodDays(draws)
  const curricula = curriculaOf(new Draws(seed, 'curricula'))

  return (personId) => {
    const rows = { memberships: [] as ProgrammeMembership[], curricula: [] as CurriculumMembership[] }
    for (const period of histories.deal()) {
      const id = uuid()
      const upper = upperCased.deal()
      const [programmeStartDate, programmeEndDate] = days(period)
      rows.memberships.push({
        uuid: upper === 'membership' ? id.toUpperCase() : id,
        personId,
        programmeId: 1 + draws.below(programmes),
        programmeMembershipType: types.deal(),
        programmeStartDate,
        programmeEndDate,
      })
      rows.curricula.push(...curricula(personId, upper === 'curricula' ? id.toUpperCase() : id, programmeStartDate))
    }
    return rows
  }
}

/** The curricula of one membership after another: none to three, all beginning when the membership does. */
function curriculaOf(draws: Draws): (personId: number, uuid: string, start: string | null) => CurriculumMembership[] {
  const counts = new Deck(draws, [
    [0, 45],
    [1, 824],
    [2, 278],
    [3, 263],
  ])
  const ends = new Deck(draws, [
    ['day', 2128],
    [null, 41],
  ])
  const days = daysOf(draws, 2026, 2037)
  let nextId = 1
  return (personId, uuid, start) =>
    Array.from({ length: counts.deal() }, () => ({
      id: nextId++,
      programmeMembershipUuid: uuid,
      personId,
      curriculumId: 1 + draws.below(59),
      curriculumStartDate: start,
      curriculumEndDate: ends.deal() === null ? null : days(),
    }))
}
