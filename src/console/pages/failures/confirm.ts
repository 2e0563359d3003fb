import type { FoundFailure } from '../../../sync/failures/failure.ts'
import type { Decision, HiddenField } from '../decisions/decision.ts'
import { counted } from '../../words/numbers.ts'
import { ROWS, type FailureFilter, type Place } from './matching.ts'
import { codeInWords, placeHref } from './words.ts'

/** What to do, and about which failures. */
export interface Chosen {
  readonly what: 'replay' | 'discard'
  readonly place: Place
  readonly filter: FailureFilter
  /** Null for all that match. */
  readonly ids: readonly string[] | null
}

/** Asks before failures are tried again or discarded. */
export function failureDecision(chosen: Chosen, found: readonly FoundFailure[]): Decision {
  const { what, place, filter } = chosen
  const noun = place === ROWS ? 'failure' : 'dead letter'
  const counts = [...Map.groupBy(found, ({ listed }) => listed.code)].map(([code, some]) => ({
    key: codeInWords(code),
    value: { text: counted(some.length, noun) },
  }))
  const keyless = found.filter(({ listed }) => listed.keys.length === 0).length
  const list = { text: place === ROWS ? 'Failures' : 'Dead letters', href: placeHref(place, filter) }
  const shared = {
    section: 'Failures',
    back: list,
    details: counts,
    fields: fieldsOf(chosen),
    leave: { text: 'Cancel', href: list.href },
  } as const
  if (what === 'replay') {
    const left = `${counted(keyless, noun)} ${keyless === 1 ? 'names' : 'name'} no doctor or trainee, and will be left.`
    return {
      ...shared,
      heading: `Try ${counted(found.length, noun)} again`,
      text: 'Their rows are read again from the sources and written to what is live and to the run in progress. Those that are right then are settled.',
      warnings: keyless === 0 ? [] : [left],
      action: '/console/failures/replay',
      button: 'Try again',
      isWarning: false,
      question: null,
      missing: '',
    }
  }
  return {
    ...shared,
    heading: `Discard ${counted(found.length, noun)}`,
    text:
      place === ROWS
        ? 'The rows stay missing or wrong in the lists. The next run reports them again if the source has not changed.'
        : 'The messages are deleted. This cannot be undone. What they say is lost, unless the sources have it.',
    action: '/console/failures/discard',
    button: 'Discard',
    question: 'Why are you discarding them?',
    missing: 'Enter why you are discarding them, for example what you checked or who asked you',
  }
}

function fieldsOf({ place, filter, ids }: Chosen): readonly HiddenField[] {
  return [
    { name: 'place', value: place },
    ...Object.entries(filter).map(([name, value]) => ({ name, value })),
    { name: 'which', value: ids === null ? 'all' : 'selected' },
    ...(ids ?? []).map((value) => ({ name: 'ids', value })),
  ]
}
