import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { instant } from '../json/parts.ts'
import type { HELLO } from '../json/events.ts'
import type { Snapshot } from '../live/snapshot.ts'
import type { Worker } from '../worker.ts'
import { LONGEST_STREAM_SECONDS, RETRY_MS, type Streams } from './live/streams.ts'
import { read } from './requests.ts'

export const EVENTS_QUERY = z.object({
  seconds: z.coerce.number().int().min(0).max(LONGEST_STREAM_SECONDS).default(LONGEST_STREAM_SECONDS),
})

/** What happens in the installation, as server-sent events. */
export function addEventRoutes(server: FastifyInstance, { live }: Pick<Worker, 'live'>, streams: Streams): void {
  server.get('/api/sync/events', { sse: 'manual', exposeHeadRoute: false }, async (request, reply) => {
    const { seconds } = read(EVENTS_QUERY, request.query)
    const stream = streams.open(request, reply, seconds)
    let isGreeted = false
    const leave = live.subscribe(({ happenings }) => {
      if (isGreeted) for (const each of happenings) stream.send({ event: each.event, data: each })
    })
    void stream.closed.then(leave)
    stream.send({ event: 'hello', data: hello(await live.snapshot()), retry: RETRY_MS })
    isGreeted = true
  })
}

function hello({ asOf, fault, installation }: Snapshot): z.infer<typeof HELLO> {
  const { currentRun, live, previous, heldBack } = installation
  return { asOf: instant(asOf), isKnown: fault === null, current: currentRun?.id ?? null, live, previous, heldBack }
}
