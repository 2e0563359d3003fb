import { z } from 'zod'
import { RowFault } from '../domain/row-fault.ts'

/** What happened to a stored document: it was written, or it was deleted. */
export type Operation = 'upsert' | 'delete'

const OPERATIONS = new Map<string, Operation>([
  ['insert', 'upsert'],
  ['replace', 'upsert'],
  ['update', 'upsert'],
  ['delete', 'delete'],
])

export const OPERATION_TYPE = z.string({ error: 'expected text' })

/** The operation that `operationType` names, in any case. Throws `RowFault` ROW_VALUE_UNKNOWN for any other. */
export function operationOf(operationType: string): Operation {
  const operation = OPERATIONS.get(operationType.trim().toLowerCase())
  if (operation !== undefined) return operation
  const known = [...OPERATIONS.keys()].join(', ')
  throw new RowFault(
    'ROW_VALUE_UNKNOWN',
    'operationType',
    `expected one of ${known}, got "${operationType.slice(0, 40)}"`,
  )
}
