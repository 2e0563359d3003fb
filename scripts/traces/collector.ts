import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as z from 'zod'

/** A span as it was received. Times in milliseconds since the epoch. */
export interface ReceivedSpan {
  readonly service: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number
  readonly isFailed: boolean
  readonly attributes: Readonly<Record<string, string | number>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

const ATTRIBUTES = z.array(
  z.object({
    key: z.string(),
    value: z.object({
      stringValue: z.string().optional(),
      intValue: z.coerce.number().optional(),
      doubleValue: z.number().optional(),
    }),
  }),
)
const NANOSECONDS = z.string().transform((text) => Number(BigInt(text) / 1_000n) / 1_000)
const FAILED = 2
/** ExportTraceServiceRequest of OTLP, as far as it is used here. */
const REQUEST = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: ATTRIBUTES }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: NANOSECONDS,
              endTimeUnixNano: NANOSECONDS,
              attributes: ATTRIBUTES.default([]),
              links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
              status: z.object({ code: z.number().optional() }).optional(),
            }),
          ),
        }),
      ),
    }),
  ),
})

export interface Collector extends AsyncDisposable {
  /** For REVAL_TRACES. */
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
}

/** Receives traces (OTLP over HTTP, JSON) and keeps them. 0 picks any free port. */
export async function startCollector(port = 0): Promise<Collector> {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        if (request.url !== '/v1/traces') return response.writeHead(404).end()
        spans.push(...spansIn(body))
        return response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function spansIn(body: string): readonly ReceivedSpan[] {
  return REQUEST.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)['service.name'])
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ startTimeUnixNano, endTimeUnixNano, parentSpanId, status, attributes, ...span }) => ({
        ...span,
        service,
        parentSpanId: parentSpanId ?? null,
        startedAt: startTimeUnixNano,
        endedAt: endTimeUnixNano,
        isFailed: status?.code === FAILED,
        attributes: attributesOf(attributes),
      })),
    )
  })
}

function attributesOf(list: z.infer<typeof ATTRIBUTES>): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    list.flatMap(({ key, value: { stringValue, intValue, doubleValue } }) => {
      const value = stringValue ?? intValue ?? doubleValue
      return value === undefined ? [] : [[key, value]]
    }),
  )
}
