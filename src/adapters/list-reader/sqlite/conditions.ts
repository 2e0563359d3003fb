import type { Day } from '../../../domain/day.ts'
import { DAY_FILTERS, type BodyScope, type ListFilters, type ListQuery } from '../../../domain/list-query.ts'
import type { ListName, ListSearch } from '../../../domain/list-query.ts'

/** A condition on `row`, with a value for each of its question marks. */
export interface Condition {
  readonly sql: string
  readonly values: readonly string[]
}

// The rules of `may-see.ts` and `list-matching.ts`, as conditions on the list keys of each row. A contract suite compares the two.
// Typed text is always bound, never part of a statement.

const TRUE: Condition = { sql: 'TRUE', values: [] }
const FALSE: Condition = { sql: 'FALSE', values: [] }

const condition = (sql: string, ...values: readonly string[]): Condition => ({ sql, values })
const both = (...conditions: readonly Condition[]): Condition => joined(' AND ', conditions)
const either = (...conditions: readonly Condition[]): Condition => joined(' OR ', conditions)

function joined(by: string, conditions: readonly Condition[]): Condition {
  return { sql: `(${conditions.map(({ sql }) => sql).join(by)})`, values: conditions.flatMap(({ values }) => values) }
}

/** The rows of a query. */
export function matching({ list, search, filters, ...scope }: ListQuery, today: Day): Condition {
  return both(inScope(list, scope, today), search === null ? TRUE : found(list, search), passing(filters))
}

/** The visible rows of a list. */
export function inScope(list: ListName, scope: BodyScope, today: Day): Condition {
  return both(inList(list, today), seen(list, scope))
}

function inList(list: ListName, today: Day): Condition {
  switch (list) {
    case 'doctors':
      return condition('existsInGmc = 1')
    case 'all':
      return TRUE
    case 'connected':
      return condition(`connectionStatus = 'Yes'`)
    case 'disconnected':
      // Follows from the definition; written out so that an index is used.
      return condition(`connectionStatus = 'No' AND designatedBody IS NULL`)
    case 'exception':
      return condition(`(isException OR ifnull(membershipEndDate < ?, FALSE) AND connectionStatus = 'Yes')`, today)
    case 'discrepancies':
      return condition('isDiscrepancy')
  }
}

function seen(list: ListName, { bodies, tisBodies, unconnected }: BodyScope): Condition {
  if (list === 'discrepancies') {
    if (bodies === null && tisBodies === null) return TRUE
    return either(isOneOf('designatedBody', bodies ?? []), isOneOf('tcsDesignatedBody', tisBodies ?? bodies ?? []))
  }
  if (bodies === null) return TRUE
  if (bodies.length === 0) return FALSE
  const ofOwner = isOneOf('tcsDesignatedBody', bodies)
  const ofNobody = unconnected === 'everybody' ? TRUE : either(condition('tcsDesignatedBody IS NULL'), ofOwner)
  switch (list) {
    case 'doctors':
    case 'connected':
      return isOneOf('designatedBody', bodies)
    case 'disconnected':
      return ofNobody
    case 'all':
    case 'exception':
      return either(isOneOf('designatedBody', bodies), ofOwner, both(condition('designatedBody IS NULL'), ofNobody))
  }
}

function found(list: ListName, { words, phrase, squashed }: ListSearch): Condition {
  if (words.length === 0) return FALSE
  const byNumber = startsWith('gmcReferenceNumberKey', squashed)
  const byWords = both(...words.map(startsName))
  switch (list) {
    case 'doctors':
      return either(byNumber, byWords, ofProgramme(` ${phrase}`))
    case 'discrepancies':
      return either(byNumber, byWords)
    default:
      return either(byNumber, holds('doctorLastNameKey', squashed), holds('doctorFirstNameKey', squashed))
  }
}

/** Rows with a name that has a word starting with this one. `words` only has the words of names of several words. */
function startsName(word: string): Condition {
  return either(
    startsWith('doctorLastNameKey', word),
    startsWith('doctorFirstNameKey', word),
    holds('words', ` ${word}`),
  )
}

function passing(filters: ListFilters): Condition {
  const { underNotice, programmeName, gmcStatus, tisStatus, admin, connectedBy, days } = filters
  const limits: Condition[] = []
  if (connectedBy) limits.push(FALSE)
  if (underNotice) limits.push(condition(`underNotice = 'YES'`))
  if (programmeName !== null) limits.push(ofProgramme(` ${programmeName} `))
  if (gmcStatus !== null) limits.push(isOneOrNone('gmcStatus', gmcStatus))
  if (tisStatus !== null) limits.push(isOneOrNone('tisStatus', tisStatus))
  if (admin !== null) limits.push(condition('adminKey IN (SELECT key FROM shared WHERE sort = ?)', admin))
  for (const field of DAY_FILTERS) {
    const { from = null, to = null } = days[field] ?? {}
    if (from !== null) limits.push(condition(`${field} >= ?`, from))
    if (to !== null) limits.push(condition(`${field} <= ?`, to))
  }
  return limits.length === 0 ? TRUE : both(...limits)
}

function isOneOrNone(column: string, values: readonly (string | null)[]): Condition {
  const texts = values.filter((value) => value !== null)
  const one = isOneOf(column, texts)
  return texts.length === values.length ? one : either(condition(`${column} IS NULL`), one)
}

// One parameter for all values, so that one statement serves any number of them.
function isOneOf(column: string, values: readonly string[]): Condition {
  return condition(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(values))
}

function startsWith(column: string, text: string): Condition {
  return condition(`(${column} >= ? AND ${column} < ? || char(0x10FFFF))`, text, text)
}

function holds(column: string, text: string): Condition {
  return condition(`instr(${column}, ?) > 0`, text)
}

function ofProgramme(text: string): Condition {
  return condition('programmeNameKey IN (SELECT key FROM shared WHERE instr(words, ?) > 0)', text)
}
