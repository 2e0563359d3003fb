import { ComparisonTally } from '../../src/domain/comparison-tally.ts'
import { londonDay } from '../../src/domain/day.ts'
import { compareGenerations } from '../../src/sync/compare/compare.ts'
import { openStore } from './open-store.ts'

/**
 * Program: measure.ts <place> <before> <after>
 *
 * Compares two generations of a store, tallies the differences, and prints what that took as one line of JSON.
 */
const [, , place = '', before = '', after = ''] = process.argv
const store = await openStore(place, true)
await store.ping()
const cpu = process.cpuUsage()
const idleMegabytes = process.memoryUsage.rss() / 2 ** 20
const started = performance.now()
const tally = new ComparisonTally(londonDay(Date.now()))
for await (const { rows, differences } of compareGenerations(store, { before, after })) {
  tally.addRows(rows)
  for (const difference of differences) tally.add(difference)
}
const seconds = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(cpu)
const { rows, missing, surplus, different } = tally.summary()
const peakMegabytes = process.resourceUsage().maxRSS / 1024
console.log(
  JSON.stringify({
    seconds,
    cpuSeconds: (user + system) / 1e6,
    idleMegabytes,
    peakMegabytes,
    rows: rows.before,
    differing: missing + surplus + different,
  }),
)
await store.close()
