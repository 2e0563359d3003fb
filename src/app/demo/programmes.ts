import { DESIGNATED_BODIES } from '../../domain/designated-bodies.ts'
import type { SourceTables } from '../../ports/source-filling.ts'
import { Deck } from './deck.ts'
import { Draws } from './random.ts'

type Programme = SourceTables['Programme']

/** About as many as there are: one for ten trainees in a small country, and no more than this in a large one. */
const MOST_PROGRAMMES = 3_000

const SPECIALTIES = [
  'Clinical Radiology',
  'Trauma and Orthopaedic Surgery',
  'Acute Care Common Stem',
  'Emergency Medicine',
  'Foundation',
  'Cardiology',
  'Paediatrics',
  'Obstetrics & Gynaecology',
  'General Practice',
  'Anaesthetics',
  'Core Surgical Training',
  'Psychiatry of Learning Disability',
] as const
const VARIANTS = ['', '', ' Run through', ' (West)', ' ST3+', ' (East)', ' CT1/2'] as const
// No list of bodies is empty.
const OWNERS = [...new Set(DESIGNATED_BODIES.flatMap((body) => body.owners))] as [string, ...string[]]

/** The number of programmes for this number of doctors; their ids are 1 to this. */
export function programmeCount(doctors: number): number {
  return Math.min(MOST_PROGRAMMES, Math.max(1, Math.round(doctors / 10)))
}

/** Programmes; call it with ascending ids. */
export function programmes(seed: number): (id: number) => Programme {
  const draws = new Draws(seed, 'programmes')
  const kinds = new Deck(draws, [
    ['plain', 116],
    ['no owner', 1],
    ['owner of no body', 1],
    ['name to be quoted', 1],
    ['no name', 1],
  ])
  return (id) => {
    const programme = {
      id,
      owner: draws.pick(OWNERS),
      programmeName: `${draws.pick(SPECIALTIES)}${draws.pick(VARIANTS)}`,
      programmeNumber: `PRG${String(id).padStart(4, '0')}`,
    }
    switch (kinds.deal()) {
      case 'plain':
        return programme
      case 'no owner':
        return { ...programme, owner: null }
      case 'owner of no body':
        // eslint-disable-next-line local/plain-words -- a test pins the generated rows
        return { ...programme, owner: 'An owner nobody mapped' }
      case 'name to be quoted':
        return { ...programme, programmeName: 'Programme, with a comma and a "quote"' }
      case 'no name':
        return { ...programme, programmeName: null }
    }
  }
}
