import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { londonDay } from '../../src/domain/day.ts'
import { gmcNumber } from '../../src/domain/gmc-number.ts'
import { reading, type Environment } from '../changes/installation.ts'
import { openPlace, PLACES, type Place } from '../places.ts'
import { command } from '../stack/job.ts'
import { hundredth, table, tenth, whole } from '../stack/printing.ts'

/**
 * npm run bench:explain [-- --doctors 100000] [--seed 1] [--seconds 20] [--only embedded,servers]
 *
 * A service is asked over HTTP to explain one doctor after another: while nothing else goes on, and while it runs a
 * sync. Embedded in one process; on the real stack in four. Compare figures only within one run.
 */
const { values } = parseArgs({
  options: {
    doctors: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', default: 'embedded,servers' },
  },
})

/** A person id and a GMC number of every fiftieth row, in turn. */
function keysOf(environment: Environment): Promise<readonly string[]> {
  return reading(environment, async ({ store, clock }) => {
    const keys: string[] = []
    let at = 0
    for await (const document of store.documents('live', 'masterdoctorindex', londonDay(clock.now()))) {
      at += 1
      if (at % 50 !== 0) continue
      const { tcsPersonId, gmcReferenceNumber } = document
      // Text that is not a number is not looked up on its own.
      const number = gmcNumber(String(gmcReferenceNumber))
      keys.push(String(at % 100 === 0 ? (tcsPersonId ?? number) : (number ?? tcsPersonId)))
    }
    return keys
  })
}

/** Asks until the signal is aborted, and resolves with the milliseconds of each answer. */
async function ask(address: string, keys: readonly string[], until: AbortSignal): Promise<readonly number[]> {
  const taken: number[] = []
  const isOver = () => until.aborted
  for (let at = 0; !isOver(); at += 1) {
    // Neighbours would be in the same pages.
    const key = keys[(at * 7_919) % keys.length] ?? ''
    const begun = performance.now()
    const response = await fetch(`${address}/api/sync/explain/${encodeURIComponent(key)}`)
    const { isKnown } = (await response.json()) as { readonly isKnown?: boolean }
    if (!response.ok || isKnown !== true) throw new Error(`${key}: ${response.status}`)
    taken.push(performance.now() - begun)
  }
  return taken
}

function lineOf(name: string, taken: readonly number[]): string[] {
  const sorted = taken.toSorted((a, b) => a - b)
  const share = (of: number) => tenth(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? NaN)
  return [name, whole(sorted.length), share(0.5), share(0.95), share(0.99), share(1), hundredth(loadavg()[0] ?? 0)]
}

async function measure(place: Place): Promise<readonly string[][]> {
  const { environment } = place
  await command(environment, 'demo-data', '--doctors', values.doctors, '--seed', values.seed)
  const service = await place.start()
  try {
    const { address } = service
    await service.sync()
    const keys = await keysOf(environment)
    await ask(address, keys, AbortSignal.timeout(2_000))
    const alone = await ask(address, keys, AbortSignal.timeout(Number(values.seconds) * 1000))
    const over = new AbortController()
    const asking = ask(address, keys, over.signal)
    const seconds = await service.sync().finally(() => over.abort())
    const beside = await asking
    return [lineOf(`${place.name}, alone`, alone), lineOf(`${place.name}, beside a run of ${tenth(seconds)} s`, beside)]
  } finally {
    await service.stop()
  }
}

const [cpu] = cpus()
console.log(
  `${whole(Number(values.doctors))} doctors, seed ${values.seed}; ${cpus().length} cores, ${cpu?.model ?? ''}; ` +
    `load average ${hundredth(loadavg()[0] ?? 0)}`,
)
const lines: string[][] = []
for (const name of PLACES) {
  if (!values.only.split(',').includes(name)) continue
  const place = await openPlace(name)
  try {
    lines.push(...(await measure(place)))
  } finally {
    await place.remove()
  }
}
console.log('\nmilliseconds to explain a doctor over HTTP')
table([['', 'doctors', 'p50', 'p95', 'p99', 'longest', 'load'], ...lines])
process.exit(0)
