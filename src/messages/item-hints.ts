import type { HintedKey, HintFault, HintFaultCode } from './hint.ts'
import { describe, isObject } from './json.ts'

/** No key is longer, in UTF-16 units: the longest `_id` of a doctor that a row can have. */
const LONGEST_KEY = 128

/** Collects what one item of a message says. */
export class ItemHints {
  readonly #path: string
  readonly #keys: HintedKey[] = []
  readonly #faults: HintFault[] = []

  /** `path` is where the item stands in its message; empty for the message itself. */
  constructor(path: string) {
    this.#path = path
  }

  get keys(): readonly HintedKey[] {
    return this.#keys
  }

  get faults(): readonly HintFault[] {
    return this.#faults
  }

  add(...keys: readonly HintedKey[]): void {
    this.#keys.push(...keys)
  }

  refuse(code: HintFaultCode, field: string, reason: string): void {
    this.#faults.push({ code, field: this.#path === '' ? field : `${this.#path}.${field}`, reason })
  }

  /** Refuses an item from which neither a key nor a fault was read. Call it last. */
  refuseIfKeyless(field: string, reason: string): void {
    if (this.#keys.length + this.#faults.length === 0) this.refuse('CHANGE_KEY_MISSING', field, reason)
  }

  /** An id as text, as the sources give it; null if it is absent, blank or refused. */
  id(field: string, sent: unknown): string | null {
    if (sent === null || sent === undefined) return null
    const text = idText(sent)
    if (text === null) {
      this.refuse('MESSAGE_INVALID', field, `expected text, a number or {"$oid": …}, got ${describe(sent)}`)
      return null
    }
    if (text.trim() === '') return null
    if (text.length <= LONGEST_KEY && text.isWellFormed()) return text
    const fault =
      text.length > LONGEST_KEY ? `longer than ${LONGEST_KEY} characters` : 'contains an incomplete character'
    this.refuse('MESSAGE_INVALID', field, fault)
    return null
  }
}

/** An id in JSON or in MongoDB's Extended JSON as text; null for any other type. */
function idText(sent: unknown): string | null {
  if (typeof sent === 'string') return sent
  if (typeof sent === 'number') return String(sent)
  const [[type, value] = [], ...others] = isObject(sent) ? Object.entries(sent) : []
  if (others.length > 0 || typeof value !== 'string') return null
  if (type === '$oid' || type === '$numberInt' || type === '$numberLong') return value
  return type === '$numberDouble' ? String(Number(value)) : null
}
