import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { INDEX_NAMES } from '../../src/domain/lists.ts'
import { call, createIndex } from './engine.ts'

/**
 * Loads documents of the five indexes into five new ones as fast as the engine takes them, and prints the seconds:
 * node raw-load.ts <folder with <index>.ndjson> <name prefix> <documents a bulk> <bulks in flight> [most documents]
 */
const [, , folder = '', prefix = '', size = '', flying = '', most = 'Infinity'] = process.argv
const BULK = Number(size)

async function load(index: string, lines: readonly string[]): Promise<void> {
  const name = `${prefix}${index}`
  let next = 0
  const sender = async () => {
    for (let from = next; from < lines.length; from = next) {
      next = from + BULK
      const body = lines.slice(from, from + BULK).map((line) => `{"index":{}}\n${line}\n`)
      const answer = await call('POST', `/${name}/_bulk?filter_path=errors`, body.join(''))
      if (!answer.includes('"errors":false')) throw new Error(`a document was refused: ${answer}`)
    }
  }
  await Promise.all(Array.from({ length: Number(flying) }, sender))
  await call('POST', `/${name}/_refresh`)
}

let documents = 0
const all = new Map<string, readonly string[]>()
for (const index of INDEX_NAMES) {
  const lines = readFileSync(join(folder, `${index}.ndjson`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, Number(most))
  all.set(index, lines)
  documents += lines.length
  await createIndex(`${prefix}${index}`, { 'translog.durability': 'async' })
}
const started = performance.now()
for (const [index, lines] of all) await load(index, lines)
const seconds = (performance.now() - started) / 1000
for (const index of INDEX_NAMES) await call('DELETE', `/${prefix}${index}`)
console.log(JSON.stringify({ documents, seconds }))
process.exit(0)
