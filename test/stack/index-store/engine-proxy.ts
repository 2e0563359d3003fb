import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { servers } from '../servers.ts'

/** A request as it came in, before the engine has seen it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly body: string
}

/** What becomes of a request. */
export type Fate =
  | { readonly kind: 'passed' }
  /** The engine has it after something else happened; what it answers then is told. */
  | { readonly kind: 'delayed'; readonly until: Promise<unknown>; readonly answered?: (answer: Answer) => void }
  /** Answered without the engine. */
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The connection is cut before the engine has it. */
  | { readonly kind: 'lost' }
  /** The engine carries it out; the connection is cut in place of the answer. */
  | { readonly kind: 'unanswered' }
  /** The engine is given another body, and its answer is given on changed. */
  | { readonly kind: 'replaced'; readonly body: string; readonly change: (answer: Answer) => Answer }

export const PASSED: Fate = { kind: 'passed' }

export interface EngineProxy {
  readonly url: string
  fateOf: (request: SeenRequest) => Fate
}

/** A proxy before the engine of the stack; what becomes of each request is decided by `fateOf`. Closed with the test. */
export async function engineProxy(t: { after(clean: () => void): unknown }): Promise<EngineProxy> {
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing).catch((error: unknown) =>
      outgoing.destroy(error instanceof Error ? error : undefined),
    )
  })
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await text(incoming)
    const { method = '', url: path = '', headers } = incoming
    const fate = proxy.fateOf({ method, path, authorization: headers.authorization, body })
    if (fate.kind === 'lost') {
      incoming.socket.destroy()
      return
    }
    if (fate.kind === 'delayed') await fate.until
    const answer =
      fate.kind === 'answered' ? fate.answer : await passOn(incoming, fate.kind === 'replaced' ? fate.body : body)
    if (fate.kind === 'unanswered') {
      incoming.socket.destroy()
      return
    }
    if (fate.kind === 'delayed') fate.answered?.(answer)
    const given = fate.kind === 'replaced' ? fate.change(answer) : answer
    outgoing.writeHead(given.status, { 'content-type': 'application/json' }).end(given.body)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const proxy: EngineProxy = { url: `http://127.0.0.1:${port}`, fateOf: () => PASSED }
  return proxy
}

async function passOn({ method, url, headers }: IncomingMessage, body: string): Promise<Answer> {
  const { 'content-type': type = 'application/json' } = headers
  const length = Buffer.byteLength(body)
  const sent = { 'content-type': type, ...(length === 0 ? {} : { 'content-length': length }) }
  const outgoing = request(servers.search.url + (url ?? ''), { method, headers: sent })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: answer.statusCode ?? 0, body: await text(answer) }
}
