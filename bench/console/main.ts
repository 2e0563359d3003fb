import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { sendAll, type Answered, type Request } from '../lists/load.ts'
import { openPlace, PLACES, type Place, type Service } from '../places.ts'
import { command } from '../stack/job.ts'
import { hundredth, table, tenth, whole } from '../stack/printing.ts'
import { openTabs } from './tabs.ts'

/**
 * npm run bench:console [-- --doctors 100000] [--seed 1] [--rate 10] [--seconds 30] [--pairs 3] [--only embedded,servers]
 *
 * Pages of the console are asked for at a fixed rate, while nothing else goes on and while one sync after the other runs. Then syncs run
 * in turn with and without ten live tabs and a scrape of /metrics every 5 s. Fails if a request does. Compare figures only within one run.
 */
const { values } = parseArgs({
  options: {
    doctors: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '30' },
    pairs: { type: 'string', default: '3' },
    only: { type: 'string', default: 'embedded,servers' },
  },
})
const rate = Number(values.rate)
const seconds = Number(values.seconds)
const WARM_UP_SECONDS = 5
const TABS = 10
const SCRAPE_MS = 5_000

type Kind = 'overview' | 'run' | 'history' | 'look-up' | 'list' | 'failures' | 'system'
const KINDS: readonly Kind[] = ['overview', 'run', 'history', 'look-up', 'list', 'failures', 'system']

/** Each kind as often as the others. */
async function pagesOf({ address }: Service): Promise<readonly Request<Kind>[]> {
  const runs = (await (await fetch(`${address}/api/sync/runs`)).json()) as {
    readonly runs: readonly { readonly id: string }[]
  }
  const found = await fetch(`${address}/api/sync/lists/connected`)
  const doctors = (await found.json()) as { readonly rows: readonly { readonly gmcReferenceNumber: string }[] }
  const rows: string[] = []
  for (const { gmcReferenceNumber } of doctors.rows) {
    const hit = await fetch(`${address}/console/doctors?q=${gmcReferenceNumber}`, { redirect: 'manual' })
    const location = hit.headers.get('location')
    if (location !== null) rows.push(location)
  }
  const path = (kind: Kind, at: number): string => {
    switch (kind) {
      case 'overview':
        return '/console'
      case 'run':
        return `/console/runs/${runs.runs[0]?.id ?? ''}`
      case 'history':
        return '/console/runs'
      case 'look-up':
        return rows[at % rows.length] ?? '/console/doctors'
      case 'list':
        return '/console/lists/connected'
      case 'failures':
        return '/console/failures'
      case 'system':
        return '/console/system'
    }
  }
  return Array.from({ length: rate * seconds }, (_, at) => {
    const kind = KINDS[Math.floor(at / rate + at) % KINDS.length] ?? 'overview'
    return { kind, path: path(kind, at) }
  })
}

interface Measured {
  readonly alone: Answered<Kind>
  readonly beside: Answered<Kind>
  readonly plain: readonly number[]
  readonly watched: readonly number[]
  readonly events: number
}

async function measure(place: Place): Promise<Measured> {
  const { environment } = place
  await command(environment, 'demo-data', '--doctors', values.doctors, '--seed', values.seed)
  const service = await place.start()
  try {
    await service.sync()
    const { address } = service
    await sendAll({ address, rate, seconds: WARM_UP_SECONDS }, await pagesOf(service))
    const alone = await sendAll({ address, rate, seconds }, await pagesOf(service))
    const beside = await besideSyncs(service)
    const [plain, watched]: [number[], number[]] = [[], []]
    let events = 0
    for (let pair = 0; pair < Number(values.pairs); pair += 1) {
      plain.push(await service.sync())
      const tabs = await openTabs(address, TABS)
      const scraping = setInterval(() => void fetch(`${address}/metrics`).then((answer) => answer.text()), SCRAPE_MS)
      try {
        watched.push(await service.sync())
      } finally {
        clearInterval(scraping)
        events += await tabs.close()
      }
    }
    return { alone, beside, plain, watched, events }
  } finally {
    await service.stop()
  }
}

/** Syncs until all requests are answered; the last one is waited for. */
async function besideSyncs(service: Service): Promise<Answered<Kind>> {
  let isOver = false
  const syncing = async () => {
    while (!isOver) await service.sync()
  }
  const requests = await pagesOf(service)
  const sending = sendAll({ address: service.address, rate, seconds }, requests).finally(() => (isOver = true))
  const [answered] = await Promise.all([sending, syncing()])
  return answered
}

const percentile = (sorted: readonly number[], of: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? NaN
const sorted = (taken: readonly number[]) => taken.toSorted((a, b) => a - b)

function line(kind: Kind, { alone, beside }: Measured): readonly string[] {
  const shares = ({ taken }: Answered<Kind>) => {
    const times = sorted(taken.get(kind) ?? [])
    return [whole(times.length), ...[0.5, 0.95].map((share) => tenth(percentile(times, share)))]
  }
  return [kind, ...shares(alone), ...shares(beside)]
}

function print(place: Place, measured: Measured): void {
  console.log(
    `\n${place.name}: milliseconds of a page, ${rate} a second for ${seconds} s; load average ${hundredth(loadavg()[0] ?? 0)}`,
  )
  table([['', 'alone', 'p50', 'p95', 'beside a sync', 'p50', 'p95'], ...KINDS.map((kind) => line(kind, measured))])
  const { plain, watched, events } = measured
  const least = (times: readonly number[]) => Math.min(...times)
  console.log(
    `a run: ${tenth(least(plain))} s; with ${TABS} live tabs and a scrape every 5 s ${tenth(least(watched))} s ` +
      `(${hundredth(least(watched) / least(plain))} times; best of ${values.pairs}, in turn; ${whole(events)} events)`,
  )
  for (const [name, { errors }] of Object.entries({ alone: measured.alone, beside: measured.beside })) {
    for (const [what, count] of errors) {
      console.error(`${place.name}, ${name}: ${whole(count)} × ${what}`)
      process.exitCode = 1
    }
  }
}

const [cpu] = cpus()
console.log(
  `${whole(Number(values.doctors))} doctors, seed ${values.seed}; ${cpus().length} cores, ${cpu?.model ?? ''}`,
)
for (const name of PLACES) {
  if (!values.only.split(',').includes(name)) continue
  const place = await openPlace(name)
  try {
    print(place, await measure(place))
  } finally {
    await place.remove()
  }
}
process.exit()
