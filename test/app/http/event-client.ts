import * as z from 'zod'

export interface ReceivedMessage {
  readonly event: string
  readonly data: unknown
  readonly retry: number | null
}

const TIMEOUT_MS = 20_000

/** A reader of server-sent events. */
export class EventClient {
  readonly status: number
  readonly headers: Headers
  /** All messages so far. */
  readonly messages: ReceivedMessage[] = []
  readonly #body: ReadableStreamDefaultReader<Uint8Array> | null
  readonly #leaving: AbortController
  readonly #decoder = new TextDecoder()
  #text = ''

  private constructor(response: Response, leaving: AbortController) {
    this.status = response.status
    this.headers = response.headers
    this.#leaving = leaving
    this.#body = response.body?.getReader() ?? null
  }

  static async open(address: string, headers: Readonly<Record<string, string>> = {}): Promise<EventClient> {
    const leaving = new AbortController()
    const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(TIMEOUT_MS)])
    return new EventClient(
      await fetch(address, { headers: { accept: 'text/event-stream', ...headers }, signal }),
      leaving,
    )
  }

  /** The next message with this name; rejects if the stream ends before. Those before it are in `messages` too. */
  async until(event: string, matches: (data: unknown) => boolean = () => true): Promise<ReceivedMessage> {
    for (;;) {
      const message = await this.next()
      if (message === null) throw new Error(`the stream ended before ${event}: ${JSON.stringify(this.messages)}`)
      if (message.event === event && matches(message.data)) return message
    }
  }

  /** The next message; null at the end of the stream. */
  async next(): Promise<ReceivedMessage | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const block = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        const message = messageIn(block)
        if (message === null) continue
        this.messages.push(message)
        return message
      }
      const { value, done } = (await this.#body?.read()) ?? { value: undefined, done: true }
      if (done) return null
      this.#text += this.#decoder.decode(value, { stream: true })
    }
  }

  /** Whether all that is left is the end. */
  async isAtEnd(): Promise<boolean> {
    return (await this.next()) === null
  }

  leave(): void {
    this.#leaving.abort()
  }
}

/** Null for a comment, such as a heartbeat. */
function messageIn(block: string): ReceivedMessage | null {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const),
  )
  const event = fields.get('event')
  if (event === undefined) return null
  const retry = fields.get('retry')
  return {
    event,
    data: JSON.parse(fields.get('data') ?? 'null') as unknown,
    retry: retry === undefined ? null : z.coerce.number().parse(retry),
  }
}
