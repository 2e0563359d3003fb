import type { Context, Link, Span } from '@opentelemetry/api'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Delivery, DeliveryHandler, Queue } from '../../ports/broker.ts'
import { CHANNELS } from '../../ports/changes.ts'
import type { RunId, ServiceName } from '../../ports/run-ledger.ts'
import type { RunEvents } from '../../sync/events.ts'
import { VERSION } from '../version.ts'
import { RunSpans } from './run-spans.ts'
import { traceParentIn, withTraceParent } from './trace-parent.ts'
import type { Traces } from './traces.ts'

/** Also how long the process may wait for a collector when it stops. */
const TIMEOUT_MS = 2_000
const DELAY_MS = 1_000
/** A run of 100,000 doctors has about a thousand spans. */
const MOST_WAITING_SPANS = 8_192

export interface OtlpTracesOptions {
  /** Of the collector, without `/v1/traces`. */
  readonly url: string
  readonly events: RunEvents
  readonly services: readonly ServiceName[]
}

/** Loads OpenTelemetry and sends traces to a collector (OTLP over HTTP). While it is away, spans are dropped. */
export async function openOtlpTraces({ url, events, services }: OtlpTracesOptions): Promise<Traces> {
  const [
    api,
    { BatchSpanProcessor, RandomIdGenerator, TracerProvider },
    { OTLPTraceExporter },
    { resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const exporter = new OTLPTraceExporter({ url: `${url.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: TIMEOUT_MS })
  let isAway = false
  const failed = (error: unknown) => {
    if (!isAway) {
      const reason = `traces cannot be sent to ${url}: ${asRevalError(error).message}`
      events.emit('warning', { doing: 'sending traces', error: new RevalError('TRACES_NOT_SENT', reason) })
    }
    isAway = true
  }
  const told: Pick<typeof exporter, 'export' | 'forceFlush' | 'shutdown'> = {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        if (result.error === undefined) isAway = false
        else failed(result.error)
        done(result)
      })
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
  const random = new RandomIdGenerator()
  let traceOfRun: string | null = null
  const [only, ...others] = services
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': only !== undefined && others.length === 0 ? `reval-${only}` : 'reval',
      'service.version': VERSION,
    }),
    idGenerator: {
      generateTraceId: () => traceOfRun ?? random.generateTraceId(),
      generateSpanId: () => random.generateSpanId(),
    },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: told,
        exportTimeoutMillis: TIMEOUT_MS,
        scheduledDelayMillis: DELAY_MS,
        maxQueueSize: MOST_WAITING_SPANS,
      }),
    ],
  })
  const tracer = provider.getTracer('reval-sync')
  const root = api.ROOT_CONTEXT
  const contextOf = (span: Span) => api.trace.setSpan(root, span)
  const inTraceOf = <T>(run: RunId, start: () => T): T => {
    traceOfRun = traceIdOf(run)
    try {
      return start()
    } finally {
      traceOfRun = null
    }
  }
  const runs = new RunSpans(events, { tracer, root, contextOf, inTraceOf })
  const current = new AsyncLocalStorage<Context | null>()
  const received = new WeakMap<Delivery, Span>()

  /** Runs the action in the context of a span, which ends with it. */
  const within = async <T>(span: Span, action: () => Promise<T>): Promise<T> => {
    try {
      return await current.run(contextOf(span), action)
    } catch (error) {
      span.setStatus({ code: api.SpanStatusCode.ERROR, message: asRevalError(error).code })
      throw error
    } finally {
      span.end()
    }
  }

  /** The delivery, whose end ends the span. */
  const traced = (delivery: Delivery, span: Span): Delivery => {
    const ending = async (end: string, action: () => Promise<void>) => {
      try {
        await action()
        span.setAttribute('reval.end', end)
      } finally {
        span.end()
      }
    }
    const { body, attributes, deliveries, sentAt } = delivery
    const made: Delivery = {
      ...{ body, attributes, deliveries, sentAt },
      acknowledge: () => ending('acknowledged', () => delivery.acknowledge()),
      giveBack: (delay) => ending('given back', () => delivery.giveBack(delay)),
      deadLetter: (code, reason) => {
        span.setStatus({ code: api.SpanStatusCode.ERROR, message: code })
        return ending('dead-lettered', () => delivery.deadLetter(code, reason))
      },
    }
    received.set(made, span)
    return made
  }

  return {
    call: ({ name, attributes, generation }, action) => {
      const parent = current.getStore() ?? (generation === undefined ? null : runs.contextOfBuilding(generation))
      if (parent === null) return action()
      return within(tracer.startSpan(name, { kind: api.SpanKind.CLIENT, attributes }, parent), action)
    },

    reading: (name) => {
      // The writer reads the exception reasons beside the trainees, not for a message.
      const parent = current.getStore() ?? runs.contextOfStage('trainees')
      if (parent === null) return () => undefined
      const span = tracer.startSpan(name, { kind: api.SpanKind.CLIENT }, parent)
      return (attributes) => span.setAttributes(attributes).end()
    },

    publish: (route, message, send) => {
      const run = message.attributes['reval-run']
      const parent = current.getStore() ?? (run === undefined ? null : runs.contextOf(run))
      if (parent === null) return send(message)
      const attributes = { 'reval.bytes': message.body.byteLength }
      const span = tracer.startSpan(`publish ${route}`, { kind: api.SpanKind.PRODUCER, attributes }, parent)
      return within(span, () =>
        send({ ...message, attributes: withTraceParent(message.attributes, span.spanContext()) }),
      )
    },

    receive: (queue, delivery, handler: DeliveryHandler) => {
      const parent = traceParentIn(delivery.attributes)
      // A change begins a trace, others without a context belong to none.
      if (parent === null && !isChannel(queue)) return current.run(null, () => handler(delivery))
      const context = parent === null ? root : api.trace.setSpanContext(root, parent)
      const span = tracer.startSpan(
        `receive ${queue}`,
        {
          kind: api.SpanKind.CONSUMER,
          attributes: { 'reval.deliveries': delivery.deliveries },
          ...(parent === null && delivery.sentAt !== null && { startTime: delivery.sentAt }),
        },
        context,
      )
      return current.run(contextOf(span), () => handler(traced(delivery, span)))
    },

    group: (doing, deliveries, work) => {
      const spans = deliveries.flatMap((delivery) => received.get(delivery) ?? [])
      const [first, ...rest] = spans
      if (first === undefined) return current.run(null, work)
      const links = rest.map((span): Link => ({ context: span.spanContext() }))
      const attributes = { 'reval.messages': deliveries.length }
      const span = tracer.startSpan(doing, { attributes, links }, contextOf(first))
      const { traceId } = span.spanContext()
      // From the trace of another message, the link leads to the work that was done for it.
      for (const other of rest) {
        if (other.spanContext().traceId !== traceId) other.addLink({ context: span.spanContext() })
      }
      return within(span, work)
    },

    close: async () => {
      runs.close()
      await provider.shutdown().catch(failed)
    },
  }
}

/** The id of the trace of a run. */
export function traceIdOf(run: RunId): string {
  return createHash('sha256').update(run).digest('hex').slice(0, 32)
}

function isChannel(queue: Queue): boolean {
  return (CHANNELS as readonly Queue[]).includes(queue)
}
