import type { FastifyInstance } from 'fastify'
import type { ServedWorker } from '../../app/http/server.ts'
import type { Config } from '../../config/config.ts'
import type { Done, Page } from './page.ts'
import type { Visit } from './visit.ts'

/** What pages are registered with. */
export interface ConsoleScope {
  readonly worker: ServedWorker
  readonly config: Config
  /** For routes that are neither pages nor actions. Paths are below `/console`. */
  readonly server: FastifyInstance
  /** A page, shown for GET. Its route must be in the table of routes, as `GET /console<path>`. */
  readonly page: (path: string, show: (visit: Visit) => Promise<Page | Done>) => void
  /**
   * A form's action, for POST, after the form's token was checked. Answers 303 to the page it names, or with a page again, such as
   * one with errors at its fields.
   */
  readonly action: (path: string, act: (visit: Visit) => Promise<Page | Done>) => void
}
