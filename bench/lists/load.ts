import { setTimeout } from 'node:timers/promises'
import autocannon from 'autocannon'

/** A request, and the kind that its time is counted for. */
export interface Request<Kind extends string = string> {
  readonly kind: Kind
  readonly path: string
}

/** What was answered. */
export interface Answered<Kind extends string = string> {
  /** Milliseconds of each request, by kind. */
  readonly taken: ReadonlyMap<Kind, readonly number[]>
  /** Requests without an answer, or with one that is not 200 or is cut off: the first of each sort, and how many. */
  readonly errors: ReadonlyMap<string, number>
}

export interface Load {
  readonly address: string
  /** Requests per second. */
  readonly rate: number
  readonly seconds: number
}

/**
 * Sends requests at a fixed rate. autocannon sends those of a second one right after the other, so each connection sends one a
 * second, and they begin in turn: requests are sent at even intervals, whether or not earlier ones are answered. Its own
 * percentiles are not used: they are not by kind.
 */
export async function sendAll<Kind extends string>(
  { address, rate, seconds }: Load,
  requests: readonly Request<Kind>[],
): Promise<Answered<Kind>> {
  const taken = new Map<Kind, number[]>()
  const errors = new Map<string, number>()
  const failed = (what: string, count = 1) => errors.set(what, (errors.get(what) ?? 0) + count)

  const connection = async (own: readonly Request<Kind>[], wait: number) => {
    await setTimeout(wait)
    // Set by the answer of a request, right before autocannon tells how long it took.
    let kind: Kind | null = null
    const asked = own.map((request) => ({
      path: request.path,
      onResponse: (status: number, body: string) => {
        kind = request.kind
        if (status !== 200 || !isWhole(body)) failed(`${request.kind}: ${status}`)
      },
    }))
    const options = { url: address, connections: 1, connectionRate: 1, duration: seconds, requests: asked }
    await new Promise<void>((resolve, reject) => {
      const sending = autocannon(options, (error: unknown, result) => {
        if (result.errors > 0) failed('connection failed', result.errors)
        if (result.timeouts > 0) failed('no answer', result.timeouts)
        if (error) reject(error instanceof Error ? error : new Error('autocannon failed', { cause: error }))
        else resolve()
      })
      sending.on('response', (_client, _status, _bytes, milliseconds) => {
        if (kind === null) return
        const ofKind = taken.get(kind) ?? []
        ofKind.push(milliseconds)
        taken.set(kind, ofKind)
      })
    })
  }
  const connections = Array.from({ length: rate }, (_, at) => {
    const own = requests.filter((_request, each) => each % rate === at)
    return connection(own, (at * 1_000) / rate)
  })
  await Promise.all(connections)
  return { taken, errors }
}

/** JSON, or a page of the console. */
function isWhole(body: string): boolean {
  if (body.trimStart().startsWith('<!DOCTYPE')) return body.trimEnd().endsWith('</html>')
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}
