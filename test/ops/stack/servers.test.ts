import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCollector } from '../../../scripts/traces/collector.ts'
import { traceText } from '../../../scripts/traces/trace-text.ts'
import { traceIdOf } from '../../../src/app/telemetry/otlp-traces.ts'
import { samplesIn, valueOf } from '../../app/telemetry/scraped.ts'
import { Installation, SERVICES } from '../../stack/job/installation.ts'
import { startServer, stopServer, type ServerName } from '../../stack/faults/server.ts'
import { Prometheus } from '../prometheus.ts'

/** The servers as metrics name them. */
const SERVERS: readonly (readonly [ServerName, string])[] = [
  ['rabbitmq', 'RabbitMQ'],
  ['mysql', 'MySQL'],
  ['search', 'Search engine'],
]

test('four services are scraped during a run; each server that stops fires an alert, which resolves once it is back', async (t) => {
  // Slow enough that scrapes see the run, however fast the machine is.
  const place = await Installation.make(t, { REVAL_SOURCE_ROWS_PER_SECOND: '500' })
  await place.reval('demo-data', '--doctors', '5000', '--force')
  const processes = await place.startAll()
  // A second integration process says the same of the installation.
  const standby = await place.start('integration')
  const addresses = await Promise.all([...processes.values(), standby].map((each) => each.address()))
  const prometheus = await Prometheus.start(
    t,
    addresses.map((address) => new URL(address).host),
  )
  await prometheus.until('all processes to be scraped', async () =>
    (await prometheus.query('up == 1')).length === SERVICES.length + 1 ? true : null,
  )
  const run = place.sync()
  await prometheus.until('a stage of the run', async () => {
    const [busy] = await prometheus.query('max(reval_run_in_progress)')
    return busy?.value === 1 ? true : null
  })
  const { id, state } = await run
  assert.equal(state, 'live', id)
  for (const expression of [
    'sum(reval_rows_written_total{outcome="written"}) > 0',
    'sum(reval_source_rows_total{source="trainees", operation="snapshot"}) > 0',
    'sum(reval_source_rows_total{source="doctors", operation="snapshot"}) > 0',
    'sum by (route) (reval_publish_seconds_count{route=~"traineeData|doctorData"}) > 0',
    'max(reval_live_rows{index="masterdoctorindex"}) > 5000',
    'count(reval_live == 1) == 2',
    'sum(reval_writer) == 1',
  ]) {
    await prometheus.until(expression, async () => ((await prometheus.query(expression)).length > 0 ? true : null))
  }
  const [first, second] = await Promise.all(
    [await processes.get('integration')?.address(), await standby.address()].map(async (address) =>
      samplesIn(await (await fetch(`${address ?? ''}/metrics`)).text()),
    ),
  )
  for (const name of [
    'reval_live_since_timestamp_seconds',
    'reval_run_seconds',
    'reval_open_failures',
    'reval_writer_active',
  ]) {
    const value = valueOf(first ?? [], name)
    assert.ok(value !== undefined, name)
    assert.equal(value, valueOf(second ?? [], name), name)
  }
  await prometheus.untilResolved({ severity: 'critical' })
  for (const [name, server] of SERVERS) {
    await stopServer(name)
    try {
      await prometheus.untilFiring({ alertname: 'RevalServerAway', server })
    } finally {
      await startServer(name)
    }
    await prometheus.untilResolved({ alertname: 'RevalServerAway', server })
  }
  await prometheus.untilResolved({ severity: 'critical' })
})

test('the trace of a run leads through four processes', async (t) => {
  const collector = await startCollector()
  t.after(() => collector[Symbol.asyncDispose]())
  const place = await Installation.make(t, { REVAL_TRACES: collector.url })
  await place.reval('demo-data', '--doctors', '2000', '--force')
  const processes = await place.startAll()
  const { id, state } = await place.sync()
  assert.equal(state, 'live')
  await Promise.all([...processes.values()].map((each) => each.stop()))
  const spans = collector.spans.filter(({ traceId }) => traceId === traceIdOf(id))
  const services = (name: string) => [
    ...new Set(spans.filter((span) => span.name === name).map(({ service }) => service)),
  ]
  assert.deepEqual(services('run: sync'), ['reval-integration'])
  assert.deepEqual(services('read all trainees'), ['reval-tcs'])
  assert.deepEqual(services('receive traineeData'), ['reval-integration'])
  assert.deepEqual(services('publish doctorData'), ['reval-recommendation'])
  assert.deepEqual(services('index store: write'), ['reval-integration'])
  assert.deepEqual(services('index store: count').toSorted(), ['reval-connection', 'reval-recommendation'])
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === null || !ids.has(parentSpanId))
  assert.deepEqual(
    roots.map(({ name }) => name),
    ['run: sync'],
  )
  t.diagnostic(traceText(spans))
})
