import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { ServiceName } from '../../ports/run-ledger.ts'
import { VERSION } from '../version.ts'
import { figure, type FigureSource } from './figures.ts'

const NANOSECONDS = 1e9
const MICROSECONDS = 1e6
type Delays = ReturnType<typeof monitorEventLoopDelay>
const QUANTILES = { '0.5': 50, '0.99': 99, '1': 100 } as const

/** Memory, processor and event loop. The delay of the event loop is measured from the first scrape on: its timer costs a little. */
export function processFigures(services: readonly ServiceName[]): FigureSource & Disposable {
  const startedAt = performance.timeOrigin / 1000
  let delay: Delays | null = null
  let loop = performance.eventLoopUtilization()
  const read: FigureSource = async () => {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed } = process.memoryUsage()
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, loop)
    loop = now
    const delays = delay === null ? [] : delaysOf(delay)
    if (delay === null) (delay = monitorEventLoopDelay()).enable()
    return [
      figure('info', 1, { version: VERSION, services: services.join(',') }),
      figure('cpu', (user + system) / MICROSECONDS),
      figure('startedAt', startedAt),
      figure('memory', rss),
      figure('heap', heapUsed),
      figure('loopUse', utilization),
      ...delays,
    ]
  }
  return Object.assign(read, { [Symbol.dispose]: () => void delay?.disable() })
}

function delaysOf(delay: Delays) {
  const found = Object.entries(QUANTILES).map(([quantile, percentile]) =>
    figure('loopDelay', delay.percentile(percentile) / NANOSECONDS, { quantile }),
  )
  delay.reset()
  return found
}
