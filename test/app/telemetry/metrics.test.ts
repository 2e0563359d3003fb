import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LABELS, METRIC_GROUPS, type Metric } from '../../../src/app/telemetry/metric-table.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import { altered } from '../../faults/altered.ts'
import { HttpInstallation } from '../http/installation.ts'
import { announceAll } from '../job/announced.ts'
import { ROWS_OF_FEW } from '../job/few-sources.ts'
import { DAY, runToEnd, until } from '../job/workplace.ts'
import { scrape, valueOf, type Sample } from './scraped.ts'

const ALL = new Map(METRIC_GROUPS.flatMap(({ metrics }) => metrics).map((metric) => [metric.name, metric]))
/** Counted only when something goes wrong: see event-metrics.test.ts. */
const ONLY_ON_FAULTS = [
  'reval_run_restarts_total',
  'reval_rows_failed_total',
  'reval_messages_late_total',
  'reval_calls_failed_total',
  'reval_warnings_total',
]

/** The metric that a sample belongs to. */
function metricOf({ name }: Sample): Metric {
  const histogram = ALL.get(name.replace(/_(count|sum|bucket)$/, ''))
  const metric = ALL.get(name) ?? (histogram?.kind === 'histogram' ? histogram : undefined)
  return metric ?? assert.fail(`${name} is not in the table of metrics`)
}

describe('/metrics', { concurrency: 3 }, () => {
  test('has the metrics of the table with their labels, and no others', async (t) => {
    const http = await HttpInstallation.make(t, undefined, { REVAL_LISTS: 'tables' })
    assert.equal((await runToEnd(http.worker)).state, 'live')
    assert.equal((await runToEnd(http.worker, DAY, { purpose: 'verify' })).state, 'verified')
    await announceAll(http.worker)
    await http.worker.context.broker.publish('traineeChanged', { body: Buffer.from('{}'), attributes: {} })
    await http.post('/api/sync/rollback', { why: 'a test' })
    await http.get('/no/such/7000001')
    await until(async () => (await http.worker.context.broker.countDeadLetters('traineeChanged')) === 1)
    // The delay of the event loop is measured from the first scrape on.
    await scrape(http.server.address)
    const { samples } = await scrape(http.server.address)
    assert.equal(valueOf(samples, 'reval_dead_letters', { queue: 'traineeChanged' }), 1)
    for (const sample of samples) {
      const labels = Object.keys(sample.labels).filter((label) => label !== 'le')
      assert.deepEqual(labels.toSorted(), metricOf(sample).labels.toSorted(), sample.name)
    }
    const exported = new Set(samples.map((sample) => metricOf(sample).name))
    const missing = [...ALL.keys()].filter((name) => !exported.has(name) && !ONLY_ON_FAULTS.includes(name))
    assert.deepEqual(missing, [])
    const used = new Set([...ALL.values()].flatMap(({ labels }) => labels))
    assert.deepEqual([...used].toSorted(), Object.keys(LABELS).toSorted())
    const values = samples.flatMap(({ labels }) => Object.values(labels)).join(' ')
    assert.doesNotMatch(values, /700\d{4}|\d{8}|few/, 'neither doctors nor runs are in the labels')
  })

  test('says what is live, and what the work took', async (t) => {
    const http = await HttpInstallation.make(t)
    const run = await runToEnd(http.worker)
    const { samples } = await scrape(http.server.address)
    const value = (name: string, labels = {}) => valueOf(samples, name, labels)
    assert.equal(value('reval_live'), 1)
    assert.equal(value('reval_live_rows', { index: 'masterdoctorindex' }), ROWS_OF_FEW)
    assert.equal(value('reval_live_since_timestamp_seconds'), (run.finishedAt ?? 0) / 1000)
    assert.equal(value('reval_live_day_timestamp_seconds'), Date.UTC(2026, 5, 1) / 1000)
    assert.equal(value('reval_run_in_progress'), 0)
    assert.equal(
      value('reval_run_ended_timestamp_seconds', { purpose: 'sync', result: 'live' }),
      (run.finishedAt ?? 0) / 1000,
    )
    assert.equal(value('reval_stage_rows', { stage: 'trainees' }), 20)
    assert.equal(value('reval_stage_expected_rows', { stage: 'doctors' }), 20)
    assert.equal(value('reval_runs_total', { purpose: 'sync', result: 'live' }), 1)
    assert.equal(value('reval_rows_written_total', { operation: 'create', outcome: 'written' }), ROWS_OF_FEW)
    assert.equal(value('reval_source_rows_total', { source: 'doctors' }), 20)
    assert.equal(value('reval_publish_seconds_count', { route: 'doctorData' }), 2)
    assert.equal(value('reval_message_seconds_count', { queue: 'doctorData', end: 'acknowledged' }), 2)
    assert.equal(value('reval_stage_duration_seconds_count', { stage: 'doctors' }), 1)
    assert.equal(value('reval_writer'), 1)
    assert.equal(value('reval_server_up', { server: 'Data directory' }), 1)
    assert.equal(value('reval_held_back', { reason: 'check' }), 0)
    assert.equal(value('reval_open_failures'), 0)
    assert.ok((value('reval_disk_free_bytes', { directory: 'data' }) ?? 0) > 0)
    assert.ok((value('process_resident_memory_bytes') ?? 0) > 1_000_000)
  })

  test('tells a preview from a run that a check held back, and what is drifting', async (t) => {
    const http = await HttpInstallation.make(t)
    await runToEnd(http.worker, DAY, { purpose: 'preview' })
    const { samples } = await scrape(http.server.address)
    assert.equal(valueOf(samples, 'reval_held_back', { reason: 'preview' }), 1)
    assert.equal(valueOf(samples, 'reval_held_back', { reason: 'check' }), 0)
    assert.equal(valueOf(samples, 'reval_live'), 0)
  })

  test('is served while a broker hangs and a source is away, without what they would say', async (t) => {
    const hanging = new Promise<never>(() => undefined)
    let asked = 0
    const http = await HttpInstallation.make(t, (backends) => ({
      ...backends,
      broker: altered(backends.broker, {
        queueState: (own) => (queue) => {
          if (queue !== 'doctorChanged') return own(queue)
          asked += 1
          return hanging
        },
        ping: () => () => hanging,
      }),
      doctorSource: altered(backends.doctorSource, {
        ping: () => () => Promise.reject(new RevalError('SOURCE_FAILED', 'it is away', { transient: true })),
      }),
    }))
    const scrapes = await Promise.all([1, 2, 3].map(() => scrape(http.server.address)))
    for (const { samples } of scrapes) {
      assert.equal(valueOf(samples, 'reval_queue_waiting', { queue: 'doctorChanged' }), undefined)
      assert.equal(valueOf(samples, 'reval_queue_waiting', { queue: 'traineeChanged' }), 0)
      assert.equal(valueOf(samples, 'reval_server_up', { server: 'Messages' }), 0)
      assert.equal(valueOf(samples, 'reval_server_up', { server: 'Sources' }), 0)
      assert.equal(valueOf(samples, 'reval_server_up', { server: 'Data directory' }), 1)
    }
    await scrape(http.server.address)
    assert.equal(asked, 1, 'a question that was not answered is not repeated')
  })

  test('has nothing of the installation while the ledger cannot be read, and has it again afterwards', async (t) => {
    let isAway = false
    const http = await HttpInstallation.make(t, (backends) => ({
      ...backends,
      ledger: altered(backends.ledger, {
        runs: (own) => (limit) =>
          isAway ? Promise.reject(new RevalError('LEDGER_FAILED', 'it is away', { transient: true })) : own(limit),
      }),
    }))
    isAway = true
    const { samples } = await scrape(http.server.address)
    assert.equal(valueOf(samples, 'reval_live'), undefined)
    assert.equal(valueOf(samples, 'reval_writer_active'), undefined)
    isAway = false
    await until(async () => valueOf((await scrape(http.server.address)).samples, 'reval_live') === 0)
  })

  test('of a process without integration is about that process', async (t) => {
    const http = await HttpInstallation.make(t, undefined, {}, undefined, ['tcs'])
    const { samples } = await scrape(http.server.address)
    assert.equal(valueOf(samples, 'reval_info', { services: 'tcs' }), 1)
    assert.equal(valueOf(samples, 'reval_server_up', { server: 'Data directory' }), 1)
    for (const name of ['reval_live', 'reval_queue_waiting', 'reval_dead_letters']) {
      assert.ok(!samples.some((sample) => sample.name === name), name)
    }
    assert.equal(valueOf(samples, 'reval_disk_free_bytes', { directory: 'scratch' }), undefined)
  })
})
