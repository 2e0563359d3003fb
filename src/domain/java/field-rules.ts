import type { Field } from '../fields.ts'
import type { IndexDocument } from '../lists.ts'
import type { Explains } from './explanation.ts'
import { isBlank, valueIn } from './java-documents.ts'

// Rules about single fields. Each needs only the row, its parts and its own documents.

const DATES = ['membershipStartDate', 'membershipEndDate', 'curriculumEndDate'] as const satisfies readonly Field[]

/** The trainee lacks one of the three dates, and the document has none of them. */
export const missingDate: Explains = ({ field, java, document }, { pair }) => {
  const trainee = pair.ours?.row.parts.trainee ?? null
  if (document === null || trainee === null || java !== null || !DATES.some((date) => date === field)) return false
  const { programmeMembershipStartDate: start, programmeMembershipEndDate: end, curriculumEndDate } = trainee
  return [start, end, curriculumEndDate].includes(null) && DATES.every((date) => valueIn(document, date) === null)
}

function hasBlankBody(document: IndexDocument): boolean {
  return isBlank(valueIn(document, 'designatedBody'))
}

/**
 * The document has a blank body: only white space counts in the lists, the empty text too in the master. A row that is missing from the
 * disconnected ones is in the connected ones instead, or another row of its number is.
 */
export const blankBody: Explains = ({ index, kind, field, java, ours, document }, { pair, others }) => {
  const isWhiteSpace = (each: IndexDocument) => hasBlankBody(each) && valueIn(each, 'designatedBody') !== ''
  if (kind === 'missing') {
    const isBlankHere = pair.java.masterdoctorindex.some(isWhiteSpace)
    const isConnected = [pair, ...others].some((each) => each.java.connectedindex.some(isWhiteSpace))
    return index === 'disconnectedindex' && isBlankHere && isConnected
  }
  if (document === null) return false
  if (kind === 'surplus') return index === 'connectedindex' && pair.ours !== null && isWhiteSpace(document)
  if (field === 'designatedBody') return ours === null && hasBlankBody(document)
  return field === 'connectionStatus' && java === 'Yes' && ours === 'No' && hasBlankBody(document)
}

/** A trainee whom no doctor was joined to. */
export const noDoctor: Explains = ({ index, field, java, ours }, { pair }) =>
  index === 'masterdoctorindex' &&
  field === 'connectionStatus' &&
  java === null &&
  ours === 'No' &&
  pair.ours?.row.parts.doctor === null

/** The master has the value, the list has lost it. */
export const lostExistence: Explains = ({ index, field, java, ours }, { pair }) =>
  index === 'recommendationindex' &&
  field === 'existsInGmc' &&
  java === null &&
  pair.java.masterdoctorindex.some((document) => valueIn(document, field) === ours)

/** Blank text in place of null, or white space around a number. A doctor's blank name wins over the trainee's. */
export const whiteSpace: Explains = ({ field, java, ours }, { pair }) => {
  if (pair.ours === null || typeof java !== 'string') return false
  if (field === 'gmcReferenceNumber') return java.trim() === (ours ?? '')
  if (java.trim() !== '') return false
  if (ours === null) return true
  const { doctor } = pair.ours.row.parts
  return (field === 'doctorFirstName' || field === 'doctorLastName') && doctor !== null && doctor[field] === null
}

/** The outcome of another of the recommendations with the latest date. */
export const tie: Explains = ({ field, java }, { pair, tied }) => {
  const outcomes = tied.get(pair.ours?.row.parts.doctor?.gmcReferenceNumber ?? '') ?? []
  return field === 'gmcStatus' && outcomes.length > 1 && outcomes.some((outcome) => outcome === java)
}

/** The document contradicts itself: it has our body, and another status than this body gives. */
export const staleStatus: Explains = ({ index, field, java, ours, document }, { pair }) => {
  if (index !== 'masterdoctorindex' || field !== 'connectionStatus' || document === null) return false
  if (pair.ours === null || pair.ours.row.parts.doctor === null) return false
  const body = valueIn(document, 'designatedBody')
  const [follows, stale] = body === null ? ['No', 'Yes'] : ['Yes', 'No']
  return body === pair.ours.document.designatedBody && ours === follows && (java === stale || java === null)
}
