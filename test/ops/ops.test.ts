import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HttpInstallation } from '../app/http/installation.ts'
import { announceAll } from '../app/job/announced.ts'
import { DAY, runToEnd } from '../app/job/workplace.ts'
import { at, folder, revalProcess } from '../cli/reval.ts'
import { RevalProcess } from '../stack/job/process.ts'
import { dashboardQueries } from './dashboard.ts'
import { promtool, Prometheus } from './prometheus.ts'

test('promtool accepts the alerts, and each fires and resolves as its test says', async () => {
  await promtool('check', 'rules', 'alerts.yaml')
  await promtool('test', 'rules', 'alerts.test.yaml')
})

test('every query of the dashboard has series in a Prometheus that scraped a run, a verification and changes', async (t) => {
  const http = await HttpInstallation.make(t)
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const prometheus = await Prometheus.start(t, [new URL(http.server.address).host])
  await prometheus.until('the first scrape', async () =>
    (await prometheus.query('reval_live')).length > 0 ? true : null,
  )
  assert.equal((await runToEnd(http.worker, DAY, { purpose: 'verify' })).state, 'verified')
  assert.equal((await runToEnd(http.worker)).state, 'live')
  // A rate needs a sample before the event.
  await announceAll(http.worker)
  await prometheus.until('changes', async () => {
    return (await prometheus.query('reval_change_visible_seconds_count')).length > 0 ? true : null
  })
  await announceAll(http.worker)
  const queries = dashboardQueries()
  assert.ok(queries.length > 30)
  for (const { panel, expression } of queries) {
    const series = await prometheus.until(`series of "${panel}": ${expression}`, async () => {
      const found = await prometheus.query(expression)
      // A quantile of what did not happen lately is NaN.
      return found.some(({ value }) => Number.isFinite(value)) ? found : null
    })
    assert.ok(series.length <= 100, `${panel} has ${series.length} series`)
  }
  assert.deepEqual(await prometheus.firing(), [])
})

test('alerts fire when a process is killed, and resolve when it is back', async (t) => {
  const directory = await folder(t)
  assert.equal((await revalProcess(['demo-data', '--doctors', '200', ...at(directory)])).code, 0)
  assert.equal((await revalProcess(['sync', ...at(directory)])).code, 0)
  const start = async (port: string) => {
    const started = new RevalProcess(['start', ...at(directory)], { REVAL_PORT: port })
    t.after(() => started.stop())
    return { started, host: new URL(await started.address()).host }
  }
  const { started, host } = await start('0')
  const prometheus = await Prometheus.start(t, [host])
  await prometheus.until('a writer', async () => {
    const [active] = await prometheus.query('reval_writer_active')
    return active?.value === 1 ? true : null
  })
  await prometheus.untilResolved({ alertname: 'RevalNoWriter' })
  assert.deepEqual(await prometheus.firing(), [])
  started.kill('SIGKILL')
  await prometheus.untilFiring({ alertname: 'RevalProcessAway', instance: host, severity: 'critical' })
  await prometheus.untilFiring({ alertname: 'RevalNoWriter' })
  await start(host.split(':')[1] ?? '')
  await prometheus.untilResolved({ alertname: 'RevalProcessAway' })
  await prometheus.untilResolved({ alertname: 'RevalNoWriter' })
  assert.deepEqual(await prometheus.firing(), [])
})
