import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PlainSite {
  readonly address: string
  stop(): Promise<void>
}

/**
 * The same site with the scripts taken out of its pages: what a browser without JavaScript makes of it. JavaScript cannot be switched off
 * in the browser itself, because axe needs it.
 */
export async function withoutScripts(address: string): Promise<PlainSite> {
  const target = new URL(address)
  const server = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming
    const asked = request(new URL(url, target), {
      method,
      headers: { ...headers, host: target.host, 'accept-encoding': 'identity' },
    })
    asked.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const isPage = answer.headers['content-type']?.startsWith('text/html') === true
        const body = Buffer.concat(chunks)
        const sent = isPage ? Buffer.from(body.toString().replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, '')) : body
        outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': sent.length }).end(sent)
      })
    })
    asked.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(asked)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
