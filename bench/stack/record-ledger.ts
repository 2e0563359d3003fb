import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { join } from 'node:path'

/**
 * Preloaded into a process of the job (`node --import`): records each request to the ledger's indexes for
 * replay-ledger.ts. Of other requests it only checks the path.
 */
export interface LedgerRequest {
  /** When it was sent, in milliseconds since the epoch, to order the requests of several processes. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly body: string
  readonly contentType: string
  readonly status: number
}

/** The folder of the records, one file per process. */
export const FOLDER_VARIABLE = 'BENCH_LEDGER_FOLDER'
/** Part of the name of the ledger's indexes, and of no other. */
export const LEDGER = 'reval-ledger'
/** Written in pieces, because all requests of a job would show in the memory of the process. */
const PIECE = 65_536

function record(folder: string): void {
  const file = join(folder, `${process.pid}.ndjson`)
  const sent = new WeakMap<ClientRequest, { readonly at: number; readonly body: string }>()
  let piece = ''
  const flush = () => {
    if (piece !== '') appendFileSync(file, piece)
    piece = ''
  }
  subscribe('http.client.request.created', (message) => {
    const { request } = message as { readonly request: ClientRequest }
    if (!request.path.includes(LEDGER)) return
    const end = request.end.bind(request) as (...args: unknown[]) => ClientRequest
    request.end = ((...args: unknown[]) => {
      const [body] = args
      const text = typeof body === 'string' || Buffer.isBuffer(body) ? body.toString() : ''
      sent.set(request, { at: performance.timeOrigin + performance.now(), body: text })
      return end(...args)
    }) as ClientRequest['end']
  })
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { readonly request: ClientRequest; readonly response: IncomingMessage }
    const noted = sent.get(request)
    if (noted === undefined) return
    const { method, path } = request
    const contentType = String(request.getHeader('content-type') ?? 'application/json')
    const line: LedgerRequest = { ...noted, method, path, contentType, status: response.statusCode ?? 0 }
    piece += `${JSON.stringify(line)}\n`
    if (piece.length > PIECE) flush()
  })
  process.on('exit', flush)
}

const folder = process.env[FOLDER_VARIABLE]
if (folder !== undefined) record(folder)
