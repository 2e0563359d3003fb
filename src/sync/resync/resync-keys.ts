import { gmcNumber } from '../../domain/gmc-number.ts'
import { checkedStoredId, doctorRowId, traineeRowId, type RowId } from '../../domain/row.ts'
import { RowFault } from '../../domain/row-fault.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'

/** The keys meant by an operator's text or a row id. */
export interface NamedKeys {
  readonly name: string
  readonly keys: readonly ChangedKey[]
}

const SHOWN_LENGTH = 40

/**
 * The keys that an operator's text means. A number is a person and the doctor of that number, a row id (`tcs-47`,
 * `gmc-1234567`) also its row, any other text the stored id of a document. Throws USAGE if it can be none of them.
 */
export function keysOf(name: string): NamedKeys {
  const trimmed = name.trim()
  // The id of a row may end with spaces.
  const rows = [...new Set([trimmed, name])]
  const keys = [...personOf(trimmed), ...keysOfDoctor(name), ...rows.flatMap((row) => keysOfRow(row).keys)]
  if (keys.length > 0) return { name, keys }
  const shown = name.length > SHOWN_LENGTH ? `${name.slice(0, SHOWN_LENGTH)}…` : name
  throw new RevalError('USAGE', `"${shown}" is neither a number nor an id that a document can have`)
}

/** The keys of a row, or of a failure named like one; none if it is named otherwise. */
export function keysOfRow(name: RowId): NamedKeys {
  const [, kind, id = ''] = /^(tcs|gmc)-(.*)$/s.exec(name) ?? []
  if (kind === 'tcs') return { name, keys: personOf(id) }
  return { name, keys: kind === 'gmc' ? [...keysOfDoctor(id), ...spelledOtherwise(id)] : [] }
}

/** The document whose `_id` is a number with spaces around it: a row that another program altered is found by its id only. */
function spelledOtherwise(storedId: string): readonly ChangedKey[] {
  const number = gmcNumber(storedId)
  return number === null || number === storedId ? [] : [{ kind: 'document', storedId }]
}

function personOf(text: string): readonly ChangedKey[] {
  const tcsPersonId = Number(text)
  return /^[0-9]+$/.test(text) && Number.isSafeInteger(tcsPersonId) ? [{ kind: 'person', tcsPersonId }] : []
}

/** The keys of a doctor by `_id` as stored, with the spaces around it; none if no document can have it. */
export function keysOfDoctor(text: string): readonly ChangedKey[] {
  const number = gmcNumber(text)
  if (number !== null) return [{ kind: 'number', number }]
  try {
    return [{ kind: 'document', storedId: checkedStoredId('_id', text) }]
  } catch (error) {
    if (error instanceof RowFault) return []
    throw error
  }
}

/** A key as the id of the row that it would have; it identifies the key among others. */
export function keyText(key: ChangedKey): string {
  switch (key.kind) {
    case 'person':
      return traineeRowId(key.tcsPersonId)
    case 'number':
      return doctorRowId(key.number)
    case 'document':
      return doctorRowId(key.storedId)
  }
}
