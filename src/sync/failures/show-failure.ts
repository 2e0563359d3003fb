import type { DeadLetter } from '../../ports/broker.ts'
import { foundLetter, queueIn, type ListedFailure } from './failure.ts'
import { eachFailure, lettersOf, unknownFailure, type FailureStores } from './find-failures.ts'
import { maskedBody } from './masked-body.ts'

export interface ShownFailure extends ListedFailure {
  /** The message of a dead letter; null for a failed row. */
  readonly message: { readonly attributes: Readonly<Record<string, string>>; readonly body: string } | null
}

/** One failure, with the message of a dead letter. Values are masked unless asked for. Rejects FAILURE_UNKNOWN. */
export async function showFailure(
  stores: FailureStores,
  id: string,
  { unmasked }: { readonly unmasked: boolean },
): Promise<ShownFailure> {
  const queue = queueIn(id)
  if (queue === null) {
    for await (const failure of eachFailure({ ...stores, broker: null })) {
      if (failure.listed.id !== id || failure.kind !== 'row') continue
      return { ...failure.listed, reason: unmasked ? failure.row.reason : failure.listed.reason, message: null }
    }
    throw unknownFailure(id)
  }
  const letter = (await lettersOf(stores.broker, queue, (each) => (`${queue}/${each.id}` === id ? each : null))).at(0)
  if (letter === undefined) throw unknownFailure(id)
  const { listed } = foundLetter(queue, letter)
  const { reason } = unmasked ? letter : listed
  return { ...listed, reason, message: messageOf(letter, unmasked) }
}

function messageOf({ attributes, body }: DeadLetter, unmasked: boolean): NonNullable<ShownFailure['message']> {
  return { attributes, body: unmasked ? Buffer.from(body).toString() : maskedBody(body) }
}
