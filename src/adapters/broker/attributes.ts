import { RevalError } from '../../errors/reval-error.ts'
import type { Attributes } from '../../ports/broker.ts'

/** SQS allows ten; one of them is the content type, or the reason of a dead letter. */
const MOST_ATTRIBUTES = 9
export const ATTRIBUTE_NAME = /^[A-Za-z0-9-]+$/
/** Characters that SQS refuses. */
// eslint-disable-next-line no-control-regex -- control characters are the point
export const REFUSED_BY_SQS = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/

/** Throws INTERNAL for attributes that one of the brokers cannot carry. */
export function checkAttributes(attributes: Attributes): void {
  const entries = Object.entries(attributes)
  if (entries.length > MOST_ATTRIBUTES) {
    throw new RevalError('INTERNAL', `a message has ${entries.length} attributes, maximum is ${MOST_ATTRIBUTES}`)
  }
  for (const [name, value] of entries) {
    if (ATTRIBUTE_NAME.test(name) && value !== '' && !REFUSED_BY_SQS.test(value)) continue
    throw new RevalError('INTERNAL', `unsupported message attribute: ${JSON.stringify(name)}`)
  }
}
