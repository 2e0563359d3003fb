import { gmcNumber, type GmcNumber } from '../domain/gmc-number.ts'
import type { ErrorCode } from '../errors/codes.ts'

/** Whose rows a change is about: of a message about a change only this is taken. */
export type HintedKey =
  | { readonly kind: 'person'; readonly tcsPersonId: number }
  | { readonly kind: 'number'; readonly number: GmcNumber }
  /** A document of `doctorsForDB` whose `_id` is other text than a GMC number, as stored. */
  | { readonly kind: 'document'; readonly storedId: string }
  /** A recommendation of which only the `_id` is known; its doctor is found in the source. */
  | { readonly kind: 'recommendation'; readonly recommendationId: string }

export type HintFaultCode = Extract<
  ErrorCode,
  'MESSAGE_NOT_JSON' | 'MESSAGE_INVALID' | 'CHANGE_KEY_MISSING' | 'CHANGE_OF_COLLECTION'
>

/** What is wrong with an item of a message. The items beside it are unaffected. */
export interface HintFault {
  readonly code: HintFaultCode
  /** The path of the field in the message. */
  readonly field: string
  readonly reason: string
}

/** What a message about changes says. A message with faults may have good keys beside them, also in the same item. */
export interface Hints {
  /** Each once. */
  readonly keys: readonly HintedKey[]
  readonly faults: readonly HintFault[]
}

/**
 * Reads a message of one channel. Never throws: what cannot be read is a fault. Applied to a dead letter it gives the same
 * keys again.
 */
export type HintDecoder = (message: Uint8Array) => Hints

/** The keys of a doctor by `_id` as stored: its GMC number, the document itself, or both if the number has spaces around it. */
export function doctorKeys(storedId: string): readonly HintedKey[] {
  const number = gmcNumber(storedId)
  const keys: HintedKey[] = number === null ? [] : [{ kind: 'number', number }]
  return number === storedId ? keys : [...keys, { kind: 'document', storedId }]
}

/** A key as text: equal for equal keys. */
export function hintedKeyText(key: HintedKey): string {
  switch (key.kind) {
    case 'person':
      return `person ${key.tcsPersonId}`
    case 'number':
      return `number ${key.number}`
    case 'document':
      return `document ${key.storedId}`
    case 'recommendation':
      return `recommendation ${key.recommendationId}`
  }
}

const FAULTS_SHOWN = 3

/** Why a message is put aside: the code of its first fault and the first few reasons; null if it has none. */
export function refusalOf({ faults }: Hints): { readonly code: HintFaultCode; readonly reason: string } | null {
  const [first] = faults
  if (first === undefined) return null
  const reasons = faults.slice(0, FAULTS_SHOWN).map(({ field, reason }) => `${field}: ${reason}`)
  const more = faults.length - reasons.length
  return { code: first.code, reason: `${reasons.join('; ')}${more > 0 ? `; and ${more} more` : ''}` }
}
