import { doctorRowId, traineeRowId } from '../../domain/row.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import { HINT_DECODERS } from '../../messages/change-hints.ts'
import type { DecodedRows } from '../../messages/decoded-rows.ts'
import { decodeDoctors } from '../../messages/doctor.ts'
import type { HintedKey } from '../../messages/hint.ts'
import { decodeTrainees } from '../../messages/trainee.ts'
import type { Queue } from '../../ports/broker.ts'
import { keyText } from '../resync/resync-keys.ts'

/** Whose rows a message is about. */
export interface Subjects {
  /** As row ids. */
  readonly keys: readonly string[]
  /** Recommendations of which only the id is known. */
  readonly recommendations: readonly string[]
}

const NONE: Subjects = { keys: [], recommendations: [] }

/** The subjects of a dead letter, as far as it can be read; none for commands. */
export function subjectsOf(queue: Queue, body: Uint8Array): Subjects {
  switch (queue) {
    case 'traineeChanged':
    case 'doctorChanged':
    case 'recommendationChanged':
      return ofHints(HINT_DECODERS[queue](body).keys)
    case 'traineeData':
      return ofRows(
        () => decodeTrainees(body),
        ({ tcsPersonId }) => traineeRowId(tcsPersonId),
      )
    case 'doctorData':
      return ofRows(
        () => decodeDoctors(body),
        ({ doctor }) => doctorRowId(doctor.gmcReferenceNumber),
      )
    default:
      return NONE
  }
}

function ofHints(hinted: readonly HintedKey[]): Subjects {
  const keys: string[] = []
  const recommendations: string[] = []
  for (const key of hinted) {
    if (key.kind === 'recommendation') recommendations.push(key.recommendationId)
    else keys.push(keyText(key))
  }
  return { keys, recommendations }
}

function ofRows<Row>(decode: () => DecodedRows<Row>, keyOf: (row: Row) => string): Subjects {
  try {
    const { rows, faults } = decode()
    const keys = [...rows.map(({ value }) => keyOf(value)), ...faults.flatMap(({ key }) => key ?? [])]
    return { keys: [...new Set(keys)], recommendations: [] }
  } catch (error) {
    // A message that cannot be read as a whole has no keys.
    const { code } = asRevalError(error)
    if (code === 'MESSAGE_NOT_JSON' || code === 'MESSAGE_INVALID') return NONE
    throw error
  }
}
