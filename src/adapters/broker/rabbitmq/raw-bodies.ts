import type { Channel } from 'rabbitmq-client'
import { RevalError } from '../../../errors/reval-error.ts'

/**
 * The client reads the body of a message that says application/json, or text/plain, and no encoding: large numbers
 * lose digits, and the bytes are gone. It has no option against that, but it leaves every body alone that has an
 * encoding; so one is put in where none came. This is the only place that knows the inside of the client.
 */
const NO_ENCODING = 'x-none'

interface IncomingHeader {
  readonly fields: { contentEncoding?: string }
}

interface ChannelInside {
  _onHeader: (header: IncomingHeader) => void
}

/** Makes a channel give out bodies as the bytes that came. Throws INTERNAL where the client was changed inside. */
export function keepBodiesRaw(channel: Channel): Channel {
  const inside = channel as unknown as ChannelInside
  if (typeof inside._onHeader !== 'function') {
    throw new RevalError('INTERNAL', 'unsupported version of rabbitmq-client: cannot read raw bodies')
  }
  const onHeader = inside._onHeader.bind(channel)
  inside._onHeader = (header) => {
    header.fields.contentEncoding ||= NO_ENCODING
    onHeader(header)
  }
  return channel
}

/** The encoding that a message came with; undefined for none. */
export function encodingOf({ contentEncoding }: { readonly contentEncoding?: string }): string | undefined {
  return contentEncoding === NO_ENCODING ? undefined : contentEncoding
}
