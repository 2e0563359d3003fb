import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { certificate } from '../certificates.ts'
import { servers } from '../servers.ts'

/** A call as it goes over the wire, such as SendMessage. */
export interface Call {
  readonly action: string
  body: Record<string, unknown>
}

export interface Answer {
  readonly status: number
  body: Record<string, unknown>
}

/** Stands before SQS: sees every call, may change what goes and what comes, and can be cut, silenced and mended. */
export class SqsProxy {
  readonly endpoint: string
  readonly calls: Call[] = []
  /** May change or hold a call before SQS has it, or answer in its place. */
  onCall: (call: Call) => Answer | null | Promise<Answer | null> = () => null
  /** May change what SQS answered. */
  onAnswer: (call: Call, answer: Answer) => void = () => undefined
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #closing = new AbortController()
  #state: 'open' | 'cut' | 'silent' = 'open'

  private constructor(server: Server, scheme: string) {
    this.#server = server
    this.endpoint = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** Closed when the test ends. */
  static async open(t: TestContext, { tls = false } = {}): Promise<SqsProxy> {
    const pass: RequestListener = (request, response) => void proxy.#pass(request, response)
    const server = tls
      ? createTlsServer({ cert: certificate('cert.pem'), key: certificate('key.pem') }, pass)
      : createServer(pass)
    server.on('connection', (socket: Socket) => proxy.#accept(socket))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const proxy = new SqsProxy(server, tls ? 'https' : 'http')
    t.after(() => proxy.#close())
    return proxy
  }

  /** The calls of one action. */
  of(action: string): readonly Call[] {
    return this.calls.filter((call) => call.action === action)
  }

  /** Ends every connection, and refuses new ones until `mend`. */
  cut(): void {
    this.#state = 'cut'
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Takes calls and never answers, until `mend`. */
  silence(): void {
    this.#state = 'silent'
  }

  mend(): void {
    this.#state = 'open'
  }

  #accept(socket: Socket): void {
    if (this.#state === 'cut') {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const text = Buffer.concat(await request.toArray()).toString()
      const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
      const call: Call = { action, body: JSON.parse(text) as Call['body'] }
      this.calls.push(call)
      const answer = (await this.onCall(call)) ?? (await this.#ask(request, call))
      this.onAnswer(call, answer)
      if (this.#state !== 'open') return
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify(answer.body))
    } catch (error) {
      // Its client went away, or SQS did: both show in what the client is told.
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #ask(request: IncomingMessage, call: Call): Promise<Answer> {
    const answer = await fetch(servers.sqs.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': String(request.headers['x-amz-target']),
        authorization: String(request.headers.authorization),
      },
      body: JSON.stringify(call.body),
      signal: this.#closing.signal,
    })
    return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Record<string, unknown> }
  }

  async #close(): Promise<void> {
    this.cut()
    // SQS answers a request for messages only when there are some, or its wait is over.
    this.#closing.abort()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
