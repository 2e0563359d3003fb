import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RevalError } from '../../../errors/reval-error.ts'
import { signedIn, stillMay } from '../access/guard.ts'
import { EventStream, type StreamMessage } from './event-stream.ts'

/** Tabs of one person; a browser opens six connections to a host. */
const MOST_OF_A_PERSON = 6
const MOST = 60
/** How often it is checked that the reader still has the role: tokens expire. */
const CHECK_EVERY_MS = 60_000
/** After this long a reader connects again, which also spreads them over the processes. */
export const LONGEST_STREAM_SECONDS = 1_800
/** When a reader connects again whose connection broke off. */
export const RETRY_MS = 5_000

interface Open {
  readonly subject: string | null
  readonly stream: EventStream
}

/** All streams of server-sent events of a process. */
export class Streams {
  readonly #open = new Set<Open>()
  #isClosing = false

  /** Ends all streams when the server closes. Call it before streams are opened. */
  addTo(server: FastifyInstance): void {
    server.addHook('preClose', async () => {
      this.#isClosing = true
      await Promise.all([...this.#open].map(({ stream }) => stream.end(bye(5))))
    })
  }

  /**
   * Opens a stream to the caller, which ends after so many seconds, or once the caller may not read it any more. Throws
   * TOO_MANY_STREAMS.
   */
  open(request: FastifyRequest, reply: FastifyReply, seconds: number = LONGEST_STREAM_SECONDS): EventStream {
    const { subject } = signedIn(request)
    const own = [...this.#open].filter((each) => subject !== null && each.subject === subject)
    if (this.#isClosing || this.#open.size >= MOST || own.length >= MOST_OF_A_PERSON) {
      void reply.header('retry-after', RETRY_MS / 1_000)
      const why = own.length >= MOST_OF_A_PERSON ? 'for one person' : 'in this process'
      throw new RevalError('TOO_MANY_STREAMS', `there are too many open streams ${why}`)
    }
    const stream = new EventStream(reply)
    const open = { subject, stream }
    this.#open.add(open)
    const checking = setInterval(() => {
      void stillMay(request).then((may) => (may ? undefined : stream.end(bye(5))))
    }, CHECK_EVERY_MS)
    const ending = setTimeout(() => void stream.end(bye(0)), seconds * 1_000)
    void stream.closed.then(() => {
      clearInterval(checking)
      clearTimeout(ending)
      this.#open.delete(open)
    })
    return stream
  }
}

/** The last message: after how many seconds to connect again. */
export function bye(again: number): StreamMessage {
  return { event: 'bye', data: { again } }
}
