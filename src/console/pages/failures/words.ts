import { personIdIn, storedIdIn } from '../../../domain/row.ts'
import type { FailurePlace, FoundFailure } from '../../../sync/failures/failure.ts'
import type { Cell } from '../../components/table.ts'
import { ERROR_CODES, type ErrorCode } from '../../../errors/codes.ts'
import { consoleRemedy } from '../../words/remedies.ts'
import { ROWS, type FailureFilter, type Place } from './matching.ts'

/** ROW_FIELD_INVALID is `Row field invalid`. */
export function codeInWords(code: string): string {
  const words = code
    .toLowerCase()
    .replaceAll('_', ' ')
    .replace(/\bgmc\b/, 'GMC')
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

/** What to do about a code; messages of other programs may have codes of their own. */
export function remedyOf(code: string): string {
  return isCode(code) ? consoleRemedy(code) : 'Another program put it there. Ask the people who run that program.'
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}

const PLACES: Readonly<Partial<Record<FailurePlace, string>>> = {
  trainees: 'Trainees',
  doctors: 'Doctors',
  lists: 'Lists',
  refresh: 'Changes',
}

export function placeInWords(place: FailurePlace): string {
  return PLACES[place] ?? place
}

/** What failed, with a link to its doctor if it is a person. */
export function whatFailed({ listed, ...failure }: FoundFailure): Cell {
  if (failure.kind === 'message') {
    const { keys } = listed
    return { text: `Message ${failure.letterId.slice(0, 40)}`, ...(keys.length > 0 && { lines: [keysInWords(keys)] }) }
  }
  return { text: keyInWords(failure.row.key) }
}

const MOST_KEYS = 5

export function keysInWords(keys: readonly string[]): string {
  const others = keys.length - MOST_KEYS
  const named = keys.slice(0, MOST_KEYS).map(keyInWords).join(', ')
  return others > 0 ? `${named} and ${others} more` : named
}

/** Doctor 7012345, Trainee 4711. */
export function keyInWords(key: string): string {
  const person = personIdIn(key)
  if (person !== null) return `Trainee ${person}`
  const number = storedIdIn(key)
  return number === null ? key : `Doctor ${number}`
}

export function doctorHref(key: string): string | null {
  return personIdIn(key) === null && storedIdIn(key) === null ? null : `/console/doctors/${encodeURIComponent(key)}`
}

/** The page of a place. */
export function placePath(place: Place): string {
  return place === ROWS ? '/console/failures' : `/console/dead-letters/${place}`
}

export function placeHref(place: Place, filter: Partial<FailureFilter>, after = ''): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...filter, after })) if (value !== '') query.set(name, value)
  return `${placePath(place)}${query.size === 0 ? '' : `?${query.toString()}`}`
}

/** The page of one failure. */
export function failureHref(id: string): string {
  const at = id.indexOf('/')
  return `/console/failures/${encodeURIComponent(id.slice(0, at))}/${encodeURIComponent(id.slice(at + 1))}`
}
