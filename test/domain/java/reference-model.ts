import type { Recommendation } from '../../../src/domain/doctor.ts'
import { INDEX_FIELDS, type IndexDocument, type IndexName } from '../../../src/domain/lists.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'
import { TODAY } from '../examples.ts'
import type { SourceRows } from '../sample-rows.ts'

// What the Java services of 2022-09 make of sources, in code of its own. Source: their code, and what was seen when they ran.

type Document = Record<string, string | number | boolean | null>

export interface ReferenceSources extends SourceRows {
  /** All recommendations in storage order, by the doctor's `_id`: of those with the latest date, the first counts. */
  readonly recommendations: ReadonlyMap<string, readonly Recommendation[]>
}

export type JavaIndexes = Readonly<Record<IndexName, readonly IndexDocument[]>>

/** The five indexes after a rebuild. Rows are processed in the order given. */
export function javaIndexesOf(sources: ReferenceSources): JavaIndexes {
  const master = masterOf(sources)
  const lists = connectionListsOf(master, new Map(sources.reasons.map(({ storedId, reason }) => [storedId, reason])))
  return {
    masterdoctorindex: master.map((each) => shown('masterdoctorindex', each)),
    recommendationindex: master.map((each) => shown('recommendationindex', { ...each, existsInGmc: null })),
    connectedindex: lists.connected.map((each) => shown('connectedindex', each)),
    disconnectedindex: lists.disconnected.map((each) => shown('disconnectedindex', each)),
    exceptionindex: lists.exception.map((each) => shown('exceptionindex', each)),
  }
}

function shown(index: IndexName, document: Document): IndexDocument {
  const fields = INDEX_FIELDS[index].filter((field) => field !== 'placementGrade')
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = document[field] ?? null
      return value === null ? [] : [[field, value]]
    }),
  )
}

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

function isFound(document: Document, number: string): boolean {
  const own = typeof document.gmcReferenceNumber === 'string' ? words(document.gmcReferenceNumber) : []
  const wanted = words(number)
  return wanted.length > 0 && wanted.every((word) => own.includes(word))
}

function masterOf({ trainees, doctors, recommendations }: ReferenceSources): Document[] {
  const master = trainees.map(traineeDocument)
  for (const { stored } of doctors) {
    const latest = latestOf(recommendations.get(stored.storedId) ?? [])
    // The job ends here, without a word.
    if (latest !== null && stored.underNotice === null) return master
    const update: Document = {
      gmcReferenceNumber: stored.storedId,
      doctorFirstName: stored.doctorFirstName,
      doctorLastName: stored.doctorLastName,
      submissionDate: dayOf(stored.submissionDate),
      designatedBody: stored.designatedBodyCode,
      gmcStatus: outcomeOf(latest, stored.underNotice),
      tisStatus: stored.doctorStatus,
      connectionStatus: stored.designatedBodyCode === null ? 'No' : 'Yes',
      admin: stored.admin,
      lastUpdatedDate: dayOf(stored.lastUpdatedDate),
      underNotice: stored.underNotice,
      existsInGmc: stored.existsInGmc ?? true,
    }
    const found = master.filter((each) => isFound(each, stored.storedId))
    for (const each of found) {
      for (const [field, value] of Object.entries(update)) if (value !== null) each[field] = value
    }
    if (found.length === 0) master.push(update)
  }
  return master
}

function traineeDocument(trainee: Trainee): Document {
  const { programmeMembershipStartDate: start, programmeMembershipEndDate: end, curriculumEndDate } = trainee
  const hasAll = start !== null && end !== null && curriculumEndDate !== null
  return {
    tcsPersonId: trainee.tcsPersonId,
    gmcReferenceNumber: trainee.gmcReferenceNumber,
    doctorFirstName: trainee.doctorFirstName,
    doctorLastName: trainee.doctorLastName,
    programmeName: trainee.programmeName,
    membershipType: trainee.programmeMembershipType,
    tcsDesignatedBody: trainee.tcsDesignatedBody,
    programmeOwner: trainee.programmeOwner,
    membershipStartDate: hasAll ? start : null,
    membershipEndDate: hasAll ? end : null,
    curriculumEndDate: hasAll ? curriculumEndDate : null,
  }
}

const dayOf = (date: string | null) => date?.slice(0, 10) ?? null

function latestOf(recommendations: readonly Recommendation[]): Recommendation | null {
  return recommendations.reduce<Recommendation | null>(
    (latest, each) =>
      latest === null || (dayOf(each.actualSubmissionDate) ?? '') > (dayOf(latest.actualSubmissionDate) ?? '')
        ? each
        : latest,
    null,
  )
}

const OUTCOMES: Readonly<Record<string, string>> = {
  APPROVED: 'Approved',
  REJECTED: 'Rejected',
  UNDER_REVIEW: 'Under Review',
}

function outcomeOf(latest: Recommendation | null, underNotice: string | null): string | null {
  if (latest === null || latest.outcome === null) return null
  const submitted = dayOf(latest.actualSubmissionDate)
  const monthAgo = `${TODAY.slice(0, 5)}${String(Number(TODAY.slice(5, 7)) - 1).padStart(2, '0')}${TODAY.slice(7)}`
  const isOver = submitted !== null && submitted < monthAgo
  return latest.outcome === 'APPROVED' && underNotice === 'YES' && isOver ? null : (OUTCOMES[latest.outcome] ?? null)
}

function connectionListsOf(master: readonly Document[], reasons: ReadonlyMap<string, string | null>) {
  const connected: Document[] = []
  const disconnected: Document[] = []
  const exception: Document[] = []
  for (const row of master) {
    const number = typeof row.gmcReferenceNumber === 'string' ? row.gmcReferenceNumber : null
    const isConnected = (row.designatedBody ?? '') !== ''
    const reason = number === null ? null : (reasons.get(number) ?? null)
    const document = { ...row, connectionStatus: isConnected ? 'Yes' : 'No', exceptionReason: reason }
    const type = typeof row.membershipType === 'string' ? row.membershipType.toLowerCase() : null
    const ended = typeof row.membershipEndDate === 'string' && row.membershipEndDate < TODAY && isConnected
    if (type === 'visitor' || ended || (reason ?? '').trim() !== '') save(exception, document)
    else remove(exception, row)
    save(isConnected ? connected : disconnected, document)
    remove(isConnected ? disconnected : connected, row)
  }
  return { connected, disconnected, exception }
}

/** Writes over every document that has a word of the number, or the person; adds one if there is none. */
function save(list: Document[], document: Document): void {
  const own = typeof document.gmcReferenceNumber === 'string' ? words(document.gmcReferenceNumber) : []
  let found = false
  for (const [at, each] of list.entries()) {
    const theirs = typeof each.gmcReferenceNumber === 'string' ? words(each.gmcReferenceNumber) : []
    const isSamePerson = (document.tcsPersonId ?? null) !== null && each.tcsPersonId === document.tcsPersonId
    if (!isSamePerson && !own.some((word) => theirs.includes(word))) continue
    list[at] = document
    found = true
  }
  if (!found) list.push(document)
}

function remove(list: Document[], { gmcReferenceNumber: number = null, tcsPersonId = null }: Document): void {
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const each = list[at] ?? {}
    const isFoundBy = typeof number === 'string' && isFound(each, number)
    if (isFoundBy || (tcsPersonId !== null && each.tcsPersonId === tcsPersonId)) list.splice(at, 1)
  }
}
