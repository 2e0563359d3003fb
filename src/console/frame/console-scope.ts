import type { FastifyInstance } from 'fastify'
import type { ServedWorker } from '../../app/http/server.ts'
import type { Config } from '../../config/config.ts'
import type { Streams } from '../../app/http/live/streams.ts'
import type { RunId } from '../../ports/run-ledger.ts'
import type { ViewName } from '../live/views.ts'
import type { Done, Page } from './page.ts'
import type { Visit } from './visit.ts'

/** What pages are registered with. */
export interface ConsoleScope {
  readonly worker: ServedWorker
  readonly config: Config
  /** For routes that are neither pages nor actions. Paths are below `/console`. */
  readonly server: FastifyInstance
  /** The streams of this process. */
  readonly streams: Streams
  /** The revision of a page with live updates, for `Page.live`. Await it before reading what the page shows. */
  readonly revision: (view: ViewName, run?: RunId) => Promise<string>
  /** A page, shown for GET. Its route must be in the table of routes, as `GET /console<path>`. */
  readonly page: (path: string, show: (visit: Visit) => Promise<Page | Done>) => void
  /**
   * A form's action, for POST, after the form's token was checked. Answers 303 to the page it names, or with a page again, such as
   * one with errors at its fields.
   */
  readonly action: (path: string, act: (visit: Visit) => Promise<Page | Done>) => void
}
