import { styleText } from 'node:util'
import type { RunView } from '../app/run-view.ts'

type Colour = 'green' | 'cyan' | 'blue' | 'yellow' | 'red' | 'gray'

/** Colours a text, or leaves it as it is: see `Output`. */
export type Paint = (colour: Colour | null, text: string) => string

export const UNPAINTED: Paint = (_colour, text) => text

export const PAINTED: Paint = (colour, text) =>
  // Whether to paint is decided for each stream, by the environment of the command.
  colour === null ? text : styleText(colour, text, { validateStream: false })

/** What a generation of a run is kept as. */
export type Kept = 'live' | 'previous' | 'held back' | 'java'

/**
 * The colour of a run's state, which stands beside its word, as on the tags of the console. `kept`: undefined if that is not
 * known, null if its generation is not kept.
 */
export function stateColour(state: RunView['state'], kept?: Kept | null): Colour | null {
  switch (state) {
    case 'requested':
      return null
    case 'live':
      return kept === 'previous' ? 'cyan' : kept === null ? 'gray' : 'green'
    case 'held back':
      return 'yellow'
    case 'failed':
      return 'red'
    case 'cancelled':
      return 'gray'
    default:
      return 'blue'
  }
}
