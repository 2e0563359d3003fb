import * as z from 'zod'
import { RETRY_MS } from '../../app/http/live/streams.ts'
import { PATH_TEXT, read } from '../../app/http/requests.ts'
import type { ConsoleScope } from '../frame/console-scope.ts'
import { ViewMessages } from './view-messages.ts'
import { isView } from './views.ts'

const QUERY = z.object({ view: z.string().max(50).default('page'), run: PATH_TEXT.nullable().default(null) })

/** The stream that keeps a page current; see README.md here. */
export function addLiveRoutes({ server, worker, streams }: ConsoleScope): void {
  const { live, context } = worker
  server.get('/events', { sse: 'manual', exposeHeadRoute: false }, async (request, reply) => {
    const { view, run } = read(QUERY, request.query)
    const stream = streams.open(request, reply)
    const messages = new ViewMessages(isView(view) ? view : 'page', run, context.clock)
    let isGreeted = false
    const leave = live.subscribe((update) => {
      if (isGreeted) for (const message of messages.of(update)) stream.send(message)
    })
    void stream.closed.then(leave)
    const hello = messages.hello(await live.snapshot())
    isGreeted = true
    stream.send({ ...hello, retry: RETRY_MS })
  })
}
