import type { SpanContext } from '@opentelemetry/api'
import type { Attributes } from '../../ports/broker.ts'

/** The attribute of a message that carries the context of a trace, as W3C Trace Context defines it. */
const TRACE_PARENT = 'traceparent'
const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

export function withTraceParent(attributes: Attributes, { traceId, spanId, traceFlags }: SpanContext): Attributes {
  return { ...attributes, [TRACE_PARENT]: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}` }
}

/** Null if there is none, or one of a version that this one cannot read. */
export function traceParentIn(attributes: Attributes): SpanContext | null {
  const [, traceId, spanId, flags] = FORM.exec(attributes[TRACE_PARENT] ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return null
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
}
