import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { SearchSettings } from '../../../src/adapters/opensearch/settings.ts'

/**
 * What becomes of a request that comes through: `lost` before the engine has it, at once or after something happened;
 * `unanswered` once it was done.
 */
export type Fate = 'passed' | 'lost' | 'unanswered' | { readonly lostAfter: Promise<unknown> }

/** Stands before the engine; decides about each request by its first line, such as `PUT /x/_doc/1?refresh HTTP/1.1`. */
export interface EngineProxy {
  readonly settings: SearchSettings
  fateOf: (firstLine: string) => Fate
}

/** A proxy before the engine of these settings, with settings that lead through it; closed when the test ends. */
export async function proxyBefore(t: TestContext, settings: SearchSettings): Promise<EngineProxy> {
  const engine = new URL(settings.searchUrl)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(engine.port), engine.hostname)
    let fate: Fate = 'passed'
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      // A connection that one side loses is lost to the other.
      socket.on('error', cut)
      socket.on('close', cut)
    }
    client.on('data', (data) => {
      const text = data.toString('latin1')
      if (/^(GET|PUT|POST|DELETE) /.test(text)) fate = proxy.fateOf(text.slice(0, text.indexOf('\r')))
      if (fate === 'lost') cut()
      else if (typeof fate === 'object') fate.lostAfter.then(cut, cut)
      else upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (fate === 'unanswered') cut()
      else client.write(data)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const proxy: EngineProxy = {
    settings: { ...settings, searchUrl: `http://127.0.0.1:${port}` },
    fateOf: () => 'passed',
  }
  return proxy
}
