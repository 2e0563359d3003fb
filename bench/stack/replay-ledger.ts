import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exchange, type Answer } from './engine.ts'
import { atRest, javaTime, javaTimeSince, serverPids } from './processes.ts'
import { LEDGER, type LedgerRequest } from './record-ledger.ts'

/**
 * Replays the ledger requests of a job against new indexes, and prints the processor time that they cost the engine,
 * from the first until it is idle again:
 * node replay-ledger.ts <folder with the records> <name prefix of the job> <from> <until, in ms since the epoch>
 *
 * They are sent one after the other, in their order, without waits, to an otherwise idle engine, so that none of its
 * idle time is counted. Requests before `from` (setup, earlier runs) are replayed first and not measured, because later
 * requests change what earlier ones stored.
 */
const [, , folder = '', prefix = '', from = '', until = ''] = process.argv

/** The latest version of each document as stored by this replay. */
const versions = new Map<string, { readonly sequence: number; readonly term: number }>()
let differing = 0

function noted(): LedgerRequest[] {
  return readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerRequest)
    .sort((a, b) => a.at - b.at)
}

const renamed = (text: string) => text.replaceAll(`${prefix}${LEDGER}`, `${prefix}replay-${LEDGER}`)

/** A condition that held in the job must hold again, even if concurrent requests come in another order. */
function withCondition(path: string, status: number): string {
  const [document = '', query = ''] = path.split('?')
  const version = versions.get(document)
  const parameters = new URLSearchParams(query)
  if (version === undefined || status >= 300 || !parameters.has('if_seq_no')) return path
  parameters.set('if_seq_no', String(version.sequence))
  parameters.set('if_primary_term', String(version.term))
  return `${document}?${parameters.toString()}`
}

function keepVersion(path: string, { status, text }: Answer): void {
  if (status >= 300 || !path.includes('/_doc/')) return
  const { _seq_no, _primary_term } = JSON.parse(text) as { _seq_no?: number; _primary_term?: number }
  if (_seq_no === undefined || _primary_term === undefined) return
  versions.set(path.split('?')[0] ?? '', { sequence: _seq_no, term: _primary_term })
}

async function send({ method, path, body, contentType, status }: LedgerRequest): Promise<void> {
  const target = renamed(path)
  const answer = await exchange(method, withCondition(target, status), renamed(body), contentType)
  if (answer.status !== status) differing += 1
  keepVersion(target, answer)
}

/** The kind of request, without what differs between requests. */
function kindOf({ method, path }: LedgerRequest): string {
  const [, name = '', api = 'index', id = ''] = (path.split('?')[0] ?? '').split('/')
  const part = name.replaceAll(`${prefix}${LEDGER}-`, '')
  const kind = api === '_doc' ? `${decodeURIComponent(id).split(':')[0] ?? ''} ` : ''
  return `${method} ${part} ${kind}${api === '_doc' ? 'document' : api.replace('_', '')}`
}

const all = noted()
const before = all.filter(({ at }) => at < Number(from))
const measured = all.filter(({ at }) => at >= Number(from) && at <= Number(until))
for (const request of before) await send(request)
differing = 0

const engine = serverPids().get('search') ?? 0
await atRest(new Map([['search', engine]]))
const begin = javaTime(engine)
const started = performance.now()
for (const request of measured) await send(request)
const seconds = (performance.now() - started) / 1000
await atRest(new Map([['search', engine]]))
const engineTime = javaTimeSince(begin, engine)

const kinds: Record<string, number> = {}
for (const request of measured) kinds[kindOf(request)] = (kinds[kindOf(request)] ?? 0) + 1
console.log(JSON.stringify({ requests: measured.length, differing, kinds, seconds, engine: engineTime }))
process.exit(0)
