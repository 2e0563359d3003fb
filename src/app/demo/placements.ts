import type { SourceTables } from '../../ports/source-filling.ts'
import { daysOf } from './calendar.ts'
import { Deck } from './deck.ts'
import { Draws } from './random.ts'

type Placement = SourceTables['Placement']

/** When a placement is: `current` ones are so on any day from 2026 to 2032. */
type Period = 'current' | 'past' | 'no end'

/** The placements of one person after another: most have one that is current, a few have several or none. */
export function placements(seed: number): (traineeId: number) => readonly Placement[] {
  const draws = new Draws(seed, 'placements')
  const histories = new Deck<readonly Period[]>(draws, [
    [['current'], 640],
    [['past', 'current'], 260],
    [[], 180],
    [['past'], 90],
    [['current', 'current'], 20],
    [['no end'], 10],
  ])
  // The reference knows grade 279: its connection lists leave it out.
  const grades = new Deck<number | null>(draws, [
    [279, 300],
    [280, 250],
    [281, 200],
    [1000, 200],
    [1012, 40],
    [null, 10],
  ])
  const begun = daysOf(draws, 2015, 2024)
  const ended = daysOf(draws, 2025, 2025)
  const ending = daysOf(draws, 2033, 2038)
  const endOf = (period: Period): string | null => {
    if (period === 'no end') return null
    return period === 'past' ? ended() : ending()
  }
  return (traineeId) =>
    histories.deal().map((period) => ({ traineeId, gradeId: grades.deal(), dateFrom: begun(), dateTo: endOf(period) }))
}
