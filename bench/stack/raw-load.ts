import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import { call, createIndex } from './engine.ts'
import { atRest, javaTime, javaTimeSince, Meter, serverPids } from './processes.ts'

/**
 * Loads the documents of the five indexes into five new ones as fast as possible. Prints the seconds, and the processor
 * time of this process and of the engine from the first bulk until the engine is idle again, because merges belong to
 * the load, as they do to the job.
 * bin/run-node bench/stack/raw-load.ts <folder with <index>.ndjson> <name prefix> <documents per bulk> <bulks in flight> [most documents]
 */
const [, , folder = '', prefix = '', size = '', flying = '', most = 'Infinity'] = process.argv
const BULK = Number(size)
const ACTION = Buffer.from('{"index":{}}\n')
const NEWLINE = 10

/** The bulk bodies of an index, cut from its bytes without decoding. */
function* bulksOf(bytes: Buffer, documents: number): Generator<{ readonly body: Buffer; readonly count: number }> {
  let from = 0
  for (let left = documents; left > 0 && from < bytes.length;) {
    const pieces: Buffer[] = []
    let count = 0
    while (count < Math.min(BULK, left) && from < bytes.length) {
      const end = bytes.indexOf(NEWLINE, from) + 1
      pieces.push(ACTION, bytes.subarray(from, end))
      from = end
      count += 1
    }
    left -= count
    yield { body: Buffer.concat(pieces), count }
  }
}

async function load(index: string, bytes: Buffer): Promise<number> {
  const name = `${prefix}${index}`
  const bulks = bulksOf(bytes, Number(most))
  let documents = 0
  // All loops share one generator, so each bulk is sent once.
  const sender = async () => {
    for (const { body, count } of bulks) {
      const answer = await call('POST', `/${name}/_bulk?filter_path=errors`, body)
      if (!answer.includes('"errors":false')) throw new Error(`a document was rejected: ${answer}`)
      documents += count
    }
  }
  await Promise.all(Array.from({ length: Number(flying) }, sender))
  await call('POST', `/${name}/_refresh`)
  return documents
}

const all = new Map<string, Buffer>()
for (const index of INDEX_NAMES) {
  all.set(index, readFileSync(join(folder, `${index}.ndjson`)))
  await createIndex(`${prefix}${index}`, { 'translog.durability': 'async' })
}
const engine = serverPids().get('search') ?? 0
const engineAtRest = () => atRest(new Map([['search', engine]]))
await engineAtRest()
const engineBegin = javaTime(engine)
const meter = new Meter(
  new Map([
    ['loader', process.pid],
    ['search', engine],
  ]),
)
const started = performance.now()
let documents = 0
for (const [index, bytes] of all) documents += await load(index, bytes)
const seconds = (performance.now() - started) / 1000
const loaderCpu = meter.used.get('loader')?.cpuSeconds ?? 0
const { others } = meter
meter.stop()
await engineAtRest()
const engineTime = javaTimeSince(engineBegin, engine)
for (const index of INDEX_NAMES) await call('DELETE', `/${prefix}${index}`)
console.log(JSON.stringify({ documents, seconds, loaderCpu, engine: engineTime, others }))
process.exit(0)
