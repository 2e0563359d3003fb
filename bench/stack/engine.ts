import { Agent, request } from 'node:http'
import { indexBody } from '../../src/adapters/index-store/opensearch/schema.ts'

const agent = new Agent({ keepAlive: true })
/** No call of a benchmark takes this long on a healthy engine. */
const TIMEOUT_MS = 300_000

export interface Answer {
  readonly status: number
  readonly text: string
}

/** A plain call to the search engine, because the engine is what is measured. */
export function exchange(
  method: string,
  path: string,
  body?: string | Buffer,
  contentType = 'application/x-ndjson',
): Promise<Answer> {
  const url = new URL(path, process.env.REVAL_SEARCH_URL)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType }
    const sent = request(url, { method, agent, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => (text += piece))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 500, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The same, but rejects any status except 2xx. */
export async function call(method: string, path: string, body?: string | Buffer): Promise<string> {
  const { status, text } = await exchange(method, path, body)
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`)
  return text
}

/** An index with the mapping of a generation, without refresh and without an fsync per bulk. */
export async function createIndex(name: string, settings: object = {}): Promise<void> {
  const generation = { id: name, createdAt: 0, assembleVersion: 0 }
  const body = indexBody(generation, { aliases: [`${name}-alias`], searchShards: 1 }) as {
    settings: { index: object }
  }
  await call(
    'PUT',
    `/${name}`,
    JSON.stringify({ ...body, settings: { index: { ...body.settings.index, ...settings } } }),
  )
}
