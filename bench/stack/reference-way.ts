import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { call, createIndex } from './engine.ts'

/**
 * The reference's way: for each doctor and index, one search and one immediately visible write, one after the other.
 * The master index already has up to a hundred thousand rows, as after the trainees; the lists are empty, because the
 * reference empties them. Prints doctors and seconds:
 * bin/run-node bench/stack/reference-way.ts <folder with the exports> <name prefix> <doctors>
 */
const [, , folder = '', prefix = '', count = ''] = process.argv
const BULK = 5_000
const MOST_ROWS = 100_000
const lines: string[] = []
const all: string[] = []
for await (const line of createInterface(createReadStream(join(folder, 'masterdoctorindex.ndjson')))) {
  if (all.length < MOST_ROWS) all.push(`{"index":{}}\n${line}\n`)
  if (lines.length < Number(count)) lines.push(line)
  if (all.length === MOST_ROWS) break
}
interface Shown {
  readonly gmcReferenceNumber?: string
  readonly connectionStatus?: string
  readonly membershipType?: string
}
const indexesOf = (document: Shown) => [
  'masterdoctorindex',
  'recommendationindex',
  document.connectionStatus === 'Yes' ? 'connectedindex' : 'disconnectedindex',
  ...(document.membershipType?.toLowerCase() === 'visitor' ? ['exceptionindex'] : []),
]
const names = ['masterdoctorindex', 'recommendationindex', 'connectedindex', 'disconnectedindex', 'exceptionindex']
for (const name of names) await createIndex(`${prefix}${name}`)
for (let from = 0; from < all.length; from += BULK) {
  await call('POST', `/${prefix}masterdoctorindex/_bulk?filter_path=errors`, all.slice(from, from + BULK).join(''))
}
await call('POST', `/${prefix}masterdoctorindex/_refresh`)
const started = performance.now()
for (const [at, line] of lines.entries()) {
  const document = JSON.parse(line) as Shown
  const query = { query: { term: { 'gmcReferenceNumber.keyword': document.gmcReferenceNumber ?? '' } } }
  for (const index of indexesOf(document)) {
    await call('POST', `/${prefix}${index}/_search`, JSON.stringify(query))
    await call('PUT', `/${prefix}${index}/_doc/${at}?refresh=true`, line)
  }
}
const seconds = (performance.now() - started) / 1000
for (const name of names) await call('DELETE', `/${prefix}${name}`)
console.log(JSON.stringify({ doctors: lines.length, seconds }))
process.exit(0)
