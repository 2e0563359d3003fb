import type { AssembledDocument } from './assemble.ts'
import type { Day } from './day.ts'
import type { DesignatedBodies } from './designated-bodies.ts'
import type { Field } from './fields.ts'
import { gmcNumber } from './gmc-number.ts'
import { hasReason, INDEX_NAMES, isVisitor, type IndexName } from './lists.ts'

// Why a row is in a list or not, for people. `belongsTo` decides; a property test holds the two together.

/** A rule that puts rows into a list. Source: rules, "The four lists". */
export type ListRule = 'every row' | 'connected' | 'not connected' | 'visitor' | 'membership ended' | 'exception reason'

/** A rule of a list, applied to a row. */
export interface AppliedRule {
  readonly rule: ListRule
  /** Whether the rule puts the row into the list. */
  readonly holds: boolean
  /** Why, as a clause: the values that decided are in it. */
  readonly words: string
}

/** Why a row is in a list or not. It is in the list if one of the rules holds. */
export interface ListReason {
  readonly list: IndexName
  readonly isIn: boolean
  /** At least one. */
  readonly rules: readonly AppliedRule[]
  /** The values that decided. */
  readonly values: Readonly<Partial<Record<Field, string | number | boolean | null>>>
  /** What would put the row into the list, or take it out; null for lists of every row. */
  readonly wouldChange: string | null
  /** Why a service that reads the list leaves the row out although it is in the list. */
  readonly leftOutBecause: readonly string[]
}

/** The words for the lists. */
export const LIST_WORDS: Readonly<Record<IndexName, string>> = {
  masterdoctorindex: 'master',
  recommendationindex: 'recommendation',
  connectedindex: 'connected',
  disconnectedindex: 'disconnected',
  exceptionindex: 'exceptions',
}

/** The grade whose placements the connection service leaves out. Source: rules, "A trainee, from TCS". */
const GRADE_LEFT_OUT = '279'

/** Why a row is in each of the five lists on a day, or is not. `bodies` supplies the names of designated bodies. */
export function listReasons(
  document: AssembledDocument,
  { today, bodies }: { readonly today: Day; readonly bodies: DesignatedBodies },
): readonly ListReason[] {
  return INDEX_NAMES.map((list): ListReason => {
    const rules = rulesOf(list, document, today, bodies)
    const isIn = rules.some(({ holds }) => holds)
    return {
      list,
      isIn,
      rules,
      values: Object.fromEntries(DECIDING_FIELDS[list].map((field) => [field, document[field]])),
      wouldChange: wouldChange(list, document, rules),
      leftOutBecause: isIn ? leftOutBecause(list, document) : [],
    }
  })
}

/** The answer in sentences: "In 3 of 5 lists: master, …", then one for each list that needs one: "Not in connected: …." */
export function answerOf(reasons: readonly ListReason[]): readonly string[] {
  const inLists = reasons.filter(({ isIn }) => isIn)
  const special = inLists.filter(({ list }) => list === 'exceptionindex')
  const names = inLists.map(({ list }) => LIST_WORDS[list]).join(', ')
  return [
    `In ${inLists.length} of ${reasons.length} lists: ${names}.`,
    ...reasons.filter(({ isIn }) => !isIn).map((reason) => `Not in ${LIST_WORDS[reason.list]}: ${clausesOf(reason)}.`),
    ...special.map((reason) => `In ${LIST_WORDS[reason.list]}: ${clausesOf(reason)}.`),
    ...inLists.flatMap(({ list, leftOutBecause }) =>
      leftOutBecause.map((why) => `In ${LIST_WORDS[list]}, but not shown: ${why}.`),
    ),
  ]
}

/** The clauses that decided: those of the rules that hold, or of all rules if none holds. */
export function clausesOf({ isIn, rules }: Pick<ListReason, 'isIn' | 'rules'>): string {
  return rules
    .filter(({ holds }) => holds === isIn)
    .map(({ words }) => words)
    .join('; ')
}

const DECIDING_FIELDS: Readonly<Record<IndexName, readonly Field[]>> = {
  masterdoctorindex: [],
  recommendationindex: ['existsInGmc', 'designatedBody'],
  connectedindex: ['connectionStatus', 'designatedBody', 'placementGrade'],
  disconnectedindex: ['connectionStatus', 'designatedBody', 'tcsDesignatedBody', 'placementGrade'],
  exceptionindex: ['membershipEndDate', 'connectionStatus', 'exceptionReason', 'membershipType', 'placementGrade'],
}

function rulesOf(
  list: IndexName,
  document: AssembledDocument,
  today: Day,
  bodies: DesignatedBodies,
): readonly AppliedRule[] {
  switch (list) {
    case 'masterdoctorindex':
    case 'recommendationindex':
      return [{ rule: 'every row', holds: true, words: 'every row is in it' }]
    case 'connectedindex':
      return [{ rule: 'connected', holds: isConnected(document), words: connection(document, bodies) }]
    case 'disconnectedindex': {
      const holds = !isConnected(document)
      const { tcsDesignatedBody: byOwner, programmeOwner } = document
      const owner = `; the programme owner, ${programmeOwner ?? ''}, belongs to ${byOwner ?? ''}`
      const words = `${connection(document, bodies)}${holds && byOwner !== null ? owner : ''}`
      return [{ rule: 'not connected', holds, words }]
    }
    case 'exceptionindex':
      return [membershipEnded(document, today), exceptionReason(document), visitor(document)]
  }
}

function isConnected({ connectionStatus }: AssembledDocument): boolean {
  return connectionStatus === 'Yes'
}

/** Why a row is connected or not. Only a doctor has a flag in `existsInGmc`. */
function connection(
  { connectionStatus, designatedBody, existsInGmc, gmcReferenceNumber }: AssembledDocument,
  bodies: DesignatedBodies,
): string {
  if (connectionStatus !== (designatedBody === null ? 'No' : 'Yes')) {
    return `connectionStatus is stored as ${connectionStatus}, which contradicts the designated body`
  }
  if (designatedBody !== null) return `the GMC gives the designated body ${bodyWords(designatedBody, bodies)}`
  if (existsInGmc !== null) return 'the GMC gives no designated body for this doctor'
  if (gmcReferenceNumber === null) return 'TCS has no GMC number for this person, so no doctor of the GMC is joined'
  return gmcNumber(gmcReferenceNumber) === null
    ? `"${gmcReferenceNumber}" is not a GMC number (seven digits), so no doctor of the GMC is joined`
    : `the GMC data had no doctor with the number ${gmcReferenceNumber}`
}

/** A body by its code, with the first of its programme owners as its name. */
export function bodyWords(code: string, bodies: DesignatedBodies): string {
  const name = bodies.find((body) => body.code === code)?.owners[0]
  return name === undefined ? code : `${code} (${name})`
}

function membershipEnded(document: AssembledDocument, today: Day): AppliedRule {
  const { membershipEndDate: end } = document
  const isOver = end !== null && end < today
  const holds = isOver && isConnected(document)
  return { rule: 'membership ended', holds, words: membershipWords() }

  function membershipWords(): string {
    if (end === null) return noMembership(document)
    if (!isOver) return `membership ends ${end}, which is not before today`
    if (holds) return `membership ended ${end} and the doctor is connected`
    return `membership ended ${end}, which counts for connected doctors only`
  }
}

function noMembership({ tcsPersonId, programmeName }: AssembledDocument): string {
  if (tcsPersonId === null) return 'no trainee in TCS, so no membership'
  return programmeName === null
    ? 'no current programme membership in TCS, so no end date'
    : 'several current programme memberships in TCS, so no end date'
}

function exceptionReason(document: AssembledDocument): AppliedRule {
  const holds = hasReason(document)
  const words = holds ? `a connection failed: "${document.exceptionReason?.trim() ?? ''}"` : 'no exception reason'
  return { rule: 'exception reason', holds, words }
}

function visitor(document: AssembledDocument): AppliedRule {
  const holds = isVisitor(document)
  return { rule: 'visitor', holds, words: holds ? `a visitor (${document.membershipType ?? ''})` : 'not a visitor' }
}

function wouldChange(list: IndexName, document: AssembledDocument, rules: readonly AppliedRule[]): string | null {
  switch (list) {
    case 'masterdoctorindex':
    case 'recommendationindex':
      return null
    case 'connectedindex':
      return isConnected(document)
        ? 'would leave connected if the GMC removed the designated body'
        : `would enter connected if ${connecting(document)}`
    case 'disconnectedindex':
      return isConnected(document)
        ? 'would enter disconnected if the GMC removed the designated body'
        : `would leave disconnected if ${connecting(document)}`
    case 'exceptionindex': {
      const leaving = rules.filter(({ holds }) => holds).map(({ rule }) => LEAVING[rule] ?? '')
      return leaving.length > 0
        ? `would leave exceptions if ${leaving.join(', and ')}`
        : `would enter exceptions if ${entering(document)}`
    }
  }
}

/** Which change would connect the doctor. */
function connecting({ existsInGmc, gmcReferenceNumber }: AssembledDocument): string {
  if (existsInGmc !== null) return 'the GMC gave a designated body'
  return gmcNumber(gmcReferenceNumber) === null
    ? 'TCS had the GMC number, and the GMC gave that doctor a designated body'
    : 'the GMC data had this doctor, with a designated body'
}

const LEAVING: Readonly<Partial<Record<ListRule, string>>> = {
  'membership ended': 'the membership were extended; otherwise at the next sync, which no longer uses its dates',
  'exception reason': 'the exception reason were removed',
  visitor: 'the membership type changed',
}

function entering(document: AssembledDocument): string {
  const { membershipEndDate: end } = document
  const failing = 'a connection failed'
  if (end === null || !isConnected(document)) return failing
  return `${failing}; and, until the next sync, after ${end} if the membership is not extended`
}

/** What the services of the lists do not show. Source: rules, "A trainee, from TCS"; the reference's recommendation service. */
function leftOutBecause(list: IndexName, document: AssembledDocument): readonly string[] {
  const { existsInGmc, designatedBody, placementGrade } = document
  switch (list) {
    case 'masterdoctorindex':
      return []
    case 'recommendationindex':
      if (existsInGmc === null) return ['the recommendation service shows doctors of the GMC only']
      if (!existsInGmc) return ['the GMC says that the doctor does not exist there (existsInGmc is false)']
      return designatedBody === null ? ['the recommendation service shows each body its own doctors only'] : []
    default:
      return placementGrade?.split(' | ').includes(GRADE_LEFT_OUT) === true
        ? [`the connection service leaves out placement grade ${GRADE_LEFT_OUT}`]
        : []
  }
}
