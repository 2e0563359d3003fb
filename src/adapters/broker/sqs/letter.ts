import type { Message } from '@aws-sdk/client-sqs'
import type { DeadLetter } from '../../../ports/broker.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { CONTENT_TYPE, decodeAttributes, escaped, sizeOf, textAttribute, type SqsMessage } from './message.ts'

/** The one attribute that a dead letter has beside the message's own: JSON of code and reason. */
const LETTER = 'reval-dead-letter'
const MOST_ATTRIBUTES = 10
const CUT = '…'

/**
 * The message as a dead letter: its body and attributes as they came, and why, in place of the content type. A message
 * that has ten attributes of its own loses the last, and the reason says so; a reason is cut to what is left of
 * `limit` bytes, or of the size that the message had. Throws BROKER_FAILED where not even its beginning fits.
 */
export function letterFrom({ Body = '', MessageAttributes = {} }: Message, why: Why, limit: number): SqsMessage {
  const most = Math.max(limit, sizeOf({ body: Body, attributes: MessageAttributes }))
  const own = Object.entries(MessageAttributes).filter(([name]) => name !== CONTENT_TYPE && name !== LETTER)
  for (let kept = Math.min(own.length, MOST_ATTRIBUTES - 1); kept >= 0; kept--) {
    const lost = own.slice(kept).map(([name]) => name)
    const reason = lost.length === 0 ? why.reason : `(attributes dropped: ${lost.join(', ')}) ${why.reason}`
    const letter = (value: string): SqsMessage => ({
      body: Body,
      attributes: { ...Object.fromEntries(own.slice(0, kept)), [LETTER]: textAttribute(value) },
    })
    const room = most - sizeOf(letter(''))
    const text = fitting({ code: why.code, reason }, room)
    if (text !== null) return letter(text)
  }
  throw new RevalError(
    'BROKER_FAILED',
    `a message of ${Buffer.byteLength(Body)} bytes leaves no room for the dead-letter reason; raise REVAL_SQS_BATCH_BYTES`,
  )
}

interface Why {
  readonly code: string
  readonly reason: string
}

/** The JSON, its reason cut until it is at most so many bytes long; null where nothing of it fits. */
function fitting({ code, reason }: Why, room: number): string | null {
  const json = (shown: string) => escaped(JSON.stringify({ code, reason: shown }))
  const whole = json(reason)
  if (Buffer.byteLength(whole) <= room) return whole
  // The longest beginning that fits: what a cut saves, escapes included, grows with the cut.
  const characters = Array.from(reason)
  let [fits, tooLong] = [-1, characters.length]
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    const cut = json(characters.slice(0, middle).join('') + CUT)
    if (Buffer.byteLength(cut) <= room) fits = middle
    else tooLong = middle
  }
  return fits < 0 ? null : json(characters.slice(0, fits).join('') + CUT)
}

/** What was put into a dead letter queue, by us or by a redrive policy. */
export function letterOf({ Body = '', MessageAttributes, Attributes }: Message): DeadLetter {
  const { [LETTER]: letter, ...attributes } = decodeAttributes(MessageAttributes)
  const why = letter === undefined ? null : whyOf(letter)
  return {
    body: Buffer.from(Body),
    attributes,
    code: why?.code ?? 'MESSAGE_HANDLER_FAILED',
    reason:
      why?.reason ??
      `no reason recorded: moved here by something else, such as a redrive policy after too many deliveries ` +
        `(sent ${new Date(Number(Attributes?.SentTimestamp ?? 0)).toISOString()})`,
  }
}

function whyOf(letter: string): Why | null {
  try {
    const why: unknown = JSON.parse(letter)
    if (typeof why !== 'object' || why === null || !('code' in why) || !('reason' in why)) return null
    return { code: String(why.code), reason: String(why.reason) }
  } catch {
    // Of somebody else, then; it is shown like any other foreign letter.
    return null
  }
}
