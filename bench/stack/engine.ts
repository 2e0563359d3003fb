import { Agent, request } from 'node:http'
import { indexBody } from '../../src/adapters/index-store/opensearch/mapping.ts'

const agent = new Agent({ keepAlive: true })

/** A call to the search engine, as plain as it can be: what is measured here is the engine. */
export function call(method: string, path: string, body?: string | Buffer): Promise<string> {
  const url = new URL(path, process.env.REVAL_SEARCH_URL)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-ndjson' }
    const sent = request(url, { method, agent, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => (text += piece))
      answer.on('end', () => {
        if ((answer.statusCode ?? 500) < 300) resolve(text)
        else reject(new Error(`${method} ${path}: ${answer.statusCode ?? ''} ${text.slice(0, 300)}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** An index with the mapping of a generation; with nothing shown until the end, and not forced to the disk at each bulk. */
export async function createIndex(name: string, settings: object = {}): Promise<void> {
  const generation = { id: name, createdAt: 0, assembleVersion: 0 }
  const body = indexBody(generation, { alias: `${name}-alias`, creation: name, searchShards: 1 }) as {
    settings: { index: object }
  }
  await call(
    'PUT',
    `/${name}`,
    JSON.stringify({ ...body, settings: { index: { ...body.settings.index, ...settings } } }),
  )
}
