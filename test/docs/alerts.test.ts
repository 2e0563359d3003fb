import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { METRIC_GROUPS } from '../../src/app/telemetry/metric-table.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const ALERTS = read('ops/alerts.yaml')
const NAMES = [...ALERTS.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name)

test('each alert has a runbook under its name, each runbook an alert, and each alert a test', () => {
  assert.ok(NAMES.length > 10)
  const runbooks = [...read('docs/operations.md').matchAll(/^### (Reval\w+)$/gm)].map(([, name]) => name)
  assert.deepEqual(runbooks.toSorted(), NAMES.toSorted())
  const linked = [...ALERTS.matchAll(/runbook: docs\/operations\.md#(\w+)/g)].map(([, anchor]) => anchor)
  assert.deepEqual(
    linked,
    NAMES.map((name) => name.toLowerCase()),
  )
  const tested = new Set([...read('ops/alerts.test.yaml').matchAll(/alertname: (\w+)/g)].map(([, name]) => name))
  assert.deepEqual([...tested].toSorted(), NAMES.toSorted())
})

test('alerts and dashboard use only metrics that exist, with their labels', () => {
  const metrics = new Map(METRIC_GROUPS.flatMap((group) => group.metrics).map((metric) => [metric.name, metric]))
  const dashboard = read('ops/grafana/reval.json')
  const expressions = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text)
  for (const text of [ALERTS, ...expressions]) {
    for (const [, name = '', matchers = ''] of (text ?? '').matchAll(
      /\b((?:reval|process|nodejs)_[a-z_]+)(?:\{([^}]*)\})?/g,
    )) {
      const metric = metrics.get(name) ?? metrics.get(name.replace(/_(count|sum|bucket)$/, ''))
      assert.ok(metric !== undefined, `${name} in ${text}`)
      for (const [, label = ''] of matchers.matchAll(/(\w+)=/g)) {
        assert.ok([...metric.labels, 'job', 'instance'].includes(label), `${label} of ${name}`)
      }
    }
  }
})
