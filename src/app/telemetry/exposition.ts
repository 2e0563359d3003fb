import type { Counter, Histogram } from '@opentelemetry/api'
import type { MetricProducer } from '@opentelemetry/sdk-metrics'
import { FIGURES, MEASURED, type FigureName, type MeasuredName } from './metric-table.ts'
import type { Figure, FigureSource } from './figures.ts'

type Labels = Readonly<Record<string, string>>

/** Records what happens in this process. Cheap: no I/O. */
export interface MetricRecorder {
  count(metric: MeasuredName, labels?: Labels, by?: number): void
  /** Adds a duration to a histogram. */
  took(metric: MeasuredName, seconds: number, labels?: Labels): void
}

/** The metrics of this process, in the text format of Prometheus. */
export interface Exposition extends MetricRecorder {
  /** Adds figures that are read for each scrape. */
  add(source: FigureSource): void
  text(): Promise<string>
  close(): Promise<void>
}

export const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8'
const SCOPE = { name: 'reval-sync' }

/** Loads OpenTelemetry, which nothing else in the process needs. */
export async function openExposition(): Promise<Exposition> {
  const [
    { AggregationTemporality, DataPointType, MeterProvider },
    { PrometheusExporter, PrometheusSerializer },
    { ValueType },
    { emptyResource },
  ] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-prometheus'),
    import('@opentelemetry/api'),
    import('@opentelemetry/resources'),
  ])
  const sources: FigureSource[] = []

  // Gauges of the SDK repeat the last value of labels that are no longer reported.
  const figures: MetricProducer = {
    collect: async () => {
      const found = (await Promise.all(sources.map((read) => read()))).flat()
      const at: [number, number] = [Math.floor(Date.now() / 1000), 0]
      const metrics = [...Map.groupBy(found, ({ metric }) => metric)].map(([metric, values]) => ({
        ...kindOf(metric),
        descriptor: {
          name: FIGURES[metric].name,
          description: FIGURES[metric].help,
          unit: '',
          valueType: ValueType.DOUBLE,
        },
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPoints: values.map(({ value, labels }: Figure) => ({
          startTime: at,
          endTime: at,
          attributes: labels,
          value,
        })),
      }))
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: SCOPE, metrics }] }, errors: [] }
    },
  }
  const kindOf = (metric: FigureName) =>
    FIGURES[metric].kind === 'counter'
      ? ({ dataPointType: DataPointType.SUM, isMonotonic: true } as const)
      : ({ dataPointType: DataPointType.GAUGE } as const)

  const exporter = new PrometheusExporter({ preventServerStart: true, metricProducers: [figures] })
  const provider = new MeterProvider({ readers: [exporter] })
  const serializer = new PrometheusSerializer('', false, undefined, true, true)
  const meter = provider.getMeter(SCOPE.name)
  const counters = new Map<MeasuredName, Counter>()
  const histograms = new Map<MeasuredName, Histogram>()
  for (const [key, { name, kind, help, bounds }] of Object.entries(MEASURED) as [
    MeasuredName,
    (typeof MEASURED)[MeasuredName] & { bounds?: readonly number[] },
  ][]) {
    if (kind === 'counter') counters.set(key, meter.createCounter(name, { description: help }))
    else
      histograms.set(
        key,
        meter.createHistogram(name, { description: help, advice: { explicitBucketBoundaries: [...(bounds ?? [])] } }),
      )
  }
  return {
    count: (metric, labels = {}, by = 1) => counters.get(metric)?.add(by, labels),
    took: (metric, seconds, labels = {}) => histograms.get(metric)?.record(seconds, labels),
    add: (source) => void sources.push(source),
    text: async () => serializer.serialize((await exporter.collect()).resourceMetrics),
    close: () => provider.shutdown(),
  }
}
