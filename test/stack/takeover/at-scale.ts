import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { backendsOf, type ReaderBackends } from '../../../src/app/backends.ts'
import type { RunView } from '../../../src/app/run-view.ts'
import { startWorker } from '../../../src/app/worker.ts'
import { fillWithDemo } from '../../../src/app/demo/fill-with-demo.ts'
import { readConfig } from '../../../src/config/config.ts'
import type { Day } from '../../../src/domain/day.ts'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import { canonical, runToEnd } from '../../app/job/workplace.ts'
import { Installation } from '../job/installation.ts'
import { STAGE_MOMENTS } from './moments.ts'
import { runThroughKill } from './writers.ts'

/**
 * npm run takeover [-- --doctors 100000] [--seed 1]
 *
 * Runs the job on demo doctors through four processes, and then through eight with the writer killed once in each
 * stage; after each run the five indexes are compared, document by document, with what the embedded job makes of the
 * same seed. Prints figures, and fails where a document differs.
 */
const { values } = parseArgs({
  options: { doctors: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
})
const doctors = Number(values.doctors)
const seed = Number(values.seed)

const LONGEST_RUN_MS = 1_800_000

/** Of each index, how many documents and the hash of all of them in the order of their row ids. */
type Digests = Readonly<Record<string, string>>

async function digestsOf({ store }: Pick<ReaderBackends, 'store'>, day: Day): Promise<Digests> {
  const digests: Record<string, string> = {}
  for (const index of INDEX_NAMES) {
    const hash = createHash('sha256')
    let count = 0
    for await (const document of store.documents('live', index, day)) {
      hash.update(`${canonical(document)}\n`)
      count += 1
    }
    digests[index] = `${count} ${hash.digest('hex').slice(0, 16)}`
  }
  return digests
}

async function embedded(day: Day): Promise<Digests> {
  const directory = await mkdtemp(join(tmpdir(), 'reval-scale-'))
  try {
    const config = readConfig({ REVAL_DATA_DIR: directory })
    const filling = await (await backendsOf(config)).openFilling(config, { force: false })
    await fillWithDemo(filling.sources, { doctors, seed })
    await filling.close()
    const worker = await startWorker(config)
    try {
      const run = await runToEnd(worker, day)
      if (run.state !== 'live') throw new Error(`the embedded run is ${run.state}: ${run.failure?.reason ?? ''}`)
      return await digestsOf(worker.context, day)
    } finally {
      await worker.stop()
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

let wanted: Digests = {}

async function tell(place: Installation, what: string, run: RunView): Promise<void> {
  const found = await place.reading((backends) => digestsOf(backends, run.day))
  const began = run.restarts.map(({ cause }) => cause).join(', ')
  const load = (loadavg()[0] ?? 0).toFixed(1)
  const isExact = isDeepStrictEqual(found, wanted)
  const how = began === '' ? '' : `, begun again: ${began}`
  console.log(`${what}: ${run.seconds.toFixed(1)} s${how}; ${isExact ? 'exact' : 'DIFFERENT'}; load ${load}`)
  if (!isExact) throw new Error(`${JSON.stringify(found)} in place of ${JSON.stringify(wanted)}`)
}

async function measure(place: Installation): Promise<void> {
  await place.reval('demo-data', '--doctors', values.doctors, '--seed', values.seed)
  const services = await place.startAll()
  const first = await place.sync()
  wanted = await embedded(first.day)
  console.log(`${doctors} doctors, seed ${seed}, day ${first.day}: ${JSON.stringify(wanted)}`)
  await tell(place, 'four processes', first)
  await place.startAll(['tcs', 'recommendation', 'connection'])
  let writer = services.get('integration')
  for (const each of STAGE_MOMENTS) {
    if (writer === undefined) throw new Error('no integration was started')
    const killed = await runThroughKill(place, each, writer)
    writer = killed.writer
    await tell(place, `eight processes, the writer killed in ${each.stage}, ${each.where}`, killed.run)
  }
}

const cleaning: (() => Promise<void>)[] = []
try {
  const owner = { after: (clean: () => Promise<void>) => cleaning.push(clean) }
  await measure(await Installation.make(owner, { REVAL_WRITER_LEASE_SECONDS: '5' }, { longestWaitMs: LONGEST_RUN_MS }))
} finally {
  for (const clean of cleaning.toReversed()) await clean()
}
