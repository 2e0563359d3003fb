import { LABELS, METRIC_GROUPS } from '../src/app/telemetry/metric-table.ts'
import { table } from './markdown.ts'

const INTRODUCTION = [
  '# Metrics',
  '',
  'Every process that `reval start` runs serves `/metrics` in the text format of Prometheus, without configuration.',
  '',
  '- **Access**: without a configured [sign-in](operations.md#signing-in), every program on the machine may read it; otherwise the metrics token (`REVAL_METRICS_TOKEN`, as a bearer token), and the roles support and operator.',
  '- **Scraping** reads the ledger, queues and servers at most every five seconds, however many ask, and waits at most two seconds for each; what does not answer is absent. Without scrapes, nothing is read.',
  '- **Alerts and dashboard**: `ops/alerts.yaml` ([runbooks](operations.md#alerts)) and `ops/grafana/`.',
  '- **Traces** are described in [operations.md](operations.md#traces).',
  '',
  'A counter appears with its first event. Times are seconds since the epoch, durations seconds.',
  '',
]

/** The page of all metrics. */
export function metricsPage(): string {
  return [
    ...INTRODUCTION,
    ...METRIC_GROUPS.flatMap(({ heading, about, metrics }) => [
      `## ${heading}`,
      '',
      about,
      '',
      ...table(
        ['metric', 'type', 'labels', 'meaning'],
        metrics.map(({ name, kind, labels, help }) => [
          `\`${name}\``,
          kind,
          labels.map((label) => `\`${label}\``).join(', '),
          help,
        ]),
      ),
    ]),
    '## Labels',
    '',
    'No label has a GMC number, a name or the id of a run.',
    '',
    ...table(
      ['label', 'values'],
      Object.entries(LABELS).map(([label, values]) => [`\`${label}\``, values]),
    ),
  ].join('\n')
}
