import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Answers a request, the first of which is number 1; or does something worse. */
export type Answer = (response: ServerResponse, number: number) => void

export const ok: Answer = (response) => response.writeHead(200).end('ok')
export const hangs: Answer = () => undefined
export const cuts: Answer = (response) => response.socket?.destroy()
export const failsTwice: Answer = (response, number) => response.writeHead(number <= 2 ? 500 : 200).end('x')
/** Answers, but its body never ends. */
export const trickles: Answer = (response) => response.writeHead(200).write('.')

/** A receiver of webhooks that listens on this machine. */
export async function httpReceiver(t: TestContext, answer: Answer = ok) {
  const received: Received[] = []
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      for (const resolve of waiting.splice(0)) resolve()
      answer(response, received.length)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  /** Resolves once it has received so many. */
  const until = async (number: number): Promise<void> => {
    while (received.length < number) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in?key=token`, received, until }
}
