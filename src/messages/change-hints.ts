import { gmcNumber } from '../domain/gmc-number.ts'
import { doctorKeys, type HintDecoder } from './hint.ts'
import { decodeHints } from './hint-items.ts'
import type { ItemHints } from './item-hints.ts'
import { describe, isObject, type JsonObject } from './json.ts'
import type { QueueName } from './topology.ts'

const DOCUMENT_OPERATIONS = ['insert', 'replace', 'update', 'delete']
/** They concern a collection, not a document. */
const COLLECTION_OPERATIONS = ['drop', 'rename', 'dropdatabase', 'invalidate']

/** The persons, and GMC numbers beside them, of messages that announce changed trainees. */
export const decodeTraineeHints: HintDecoder = (message) => decodeHints(message, readTrainee)

/** The doctors of change events of `doctorsForDB`, before and after. */
export const decodeDoctorHints: HintDecoder = (message) => decodeHints(message, readDoctorEvent)

/** The doctors of change events of `recommendation`, before and after; where an event has none, the recommendation's id. */
export const decodeRecommendationHints: HintDecoder = (message) => decodeHints(message, readRecommendationEvent)

/** How the messages of each channel are read, by the queue that they come from. */
export const HINT_DECODERS = {
  traineeChanged: decodeTraineeHints,
  doctorChanged: decodeDoctorHints,
  recommendationChanged: decodeRecommendationHints,
} as const satisfies Partial<Record<QueueName, HintDecoder>>

function readTrainee({ tcsPersonId, gmcReferenceNumber }: JsonObject, hints: ItemHints): void {
  const person = hints.id('tcsPersonId', tcsPersonId)
  if (person !== null) {
    const number = /^-?\d+$/.test(person) ? Number(person) : NaN
    if (Number.isSafeInteger(number)) hints.add({ kind: 'person', tcsPersonId: number })
    else hints.refuse('MESSAGE_INVALID', 'tcsPersonId', `expected a whole number, got ${describe(person)}`)
  }
  // Any other text in its place joins nothing.
  const number = gmcNumber(hints.id('gmcReferenceNumber', gmcReferenceNumber))
  if (number !== null) hints.add({ kind: 'number', number })
  hints.refuseIfKeyless('tcsPersonId', 'the change does not identify a trainee')
}

function readDoctorEvent(event: JsonObject, hints: ItemHints): void {
  if (operationOf(event, hints) === 'collection') return
  for (const name of ['documentKey', 'fullDocument', 'fullDocumentBeforeChange'] as const) {
    const document = documentIn(event, name, hints)
    for (const field of ['_id', 'gmcReferenceNumber'] as const) {
      const storedId = hints.id(`${name}.${field}`, document?.[field])
      if (storedId !== null) hints.add(...doctorKeys(storedId))
    }
  }
  hints.refuseIfKeyless('fullDocument._id', 'the change does not identify a doctor')
}

function readRecommendationEvent(event: JsonObject, hints: ItemHints): void {
  const operation = operationOf(event, hints)
  if (operation === 'collection') return
  const key = documentIn(event, 'documentKey', hints)
  const after = documentIn(event, 'fullDocument', hints)
  const before = documentIn(event, 'fullDocumentBeforeChange', hints)
  const number = hints.id('fullDocument.gmcNumber', after?.gmcNumber)
  const numberBefore = hints.id('fullDocumentBeforeChange.gmcNumber', before?.gmcNumber)
  for (const storedId of [number, numberBefore]) if (storedId !== null) hints.add(...doctorKeys(storedId))
  // Without the new document its doctor is looked up; of a deleted one, nothing is left to be found.
  if (number === null && (numberBefore === null || operation !== 'delete')) {
    const ids = { documentKey: key?._id, fullDocument: after?._id, fullDocumentBeforeChange: before?._id }
    const [name, id] = Object.entries(ids).find(([, sent]) => sent !== null && sent !== undefined) ?? ['', null]
    const recommendationId = hints.id(`${name}._id`, id)
    if (recommendationId !== null) hints.add({ kind: 'recommendation', recommendationId })
  }
  hints.refuseIfKeyless('fullDocument.gmcNumber', 'the change identifies neither a doctor nor a recommendation')
}

/**
 * The operation in lower case; `collection` if it concerns no single document, null if it is unknown, which is a fault.
 * Rows are read afresh, so the keys count whatever the operation was.
 */
function operationOf({ operationType }: JsonObject, hints: ItemHints): string | null {
  const operation = typeof operationType === 'string' ? operationType.trim().toLowerCase() : null
  if (operation !== null && DOCUMENT_OPERATIONS.includes(operation)) return operation
  if (operation !== null && COLLECTION_OPERATIONS.includes(operation)) {
    hints.refuse('CHANGE_OF_COLLECTION', 'operationType', `${describe(operationType)} concerns the whole collection`)
    return 'collection'
  }
  const reason = `expected one of ${DOCUMENT_OPERATIONS.join(', ')}, got ${describe(operationType)}`
  hints.refuse('MESSAGE_INVALID', 'operationType', reason)
  return null
}

function documentIn(event: JsonObject, name: string, hints: ItemHints): JsonObject | null {
  const sent = event[name]
  if (sent === null || sent === undefined) return null
  if (isObject(sent)) return sent
  hints.refuse('MESSAGE_INVALID', name, `expected an object, got ${describe(sent)}`)
  return null
}
