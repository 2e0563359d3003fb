import type { FastifyReply, FastifyRequest } from 'fastify'
import type * as z from 'zod'
import type { Access } from '../../app/http/routes.ts'
import { closedSignal, read } from '../../app/http/requests.ts'
import { inRecords, personMay, type Person } from './person.ts'

/** A request to a page, and who sent it. */
export class Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly person: Person
  /** Milliseconds since the epoch; one instant for the whole page. */
  readonly now: number
  #signal: AbortSignal | null = null

  constructor(request: FastifyRequest, reply: FastifyReply, person: Person, now: number) {
    this.request = request
    this.reply = reply
    this.person = person
    this.now = now
  }

  /** Buttons and links to what the person may not do are not rendered. */
  may(access: Access): boolean {
    return personMay(this.person, access)
  }

  /** As records name the person. */
  get by(): string {
    return inRecords(this.person)
  }

  /** The parts of the path. Throws USAGE. */
  params<T>(schema: z.ZodType<T>): T {
    return read(schema, this.request.params)
  }

  /** The query. Throws USAGE. */
  query<T>(schema: z.ZodType<T>): T {
    return read(schema, this.request.query)
  }

  /** The fields of the form. Throws USAGE; what a person can correct belongs at its field instead: `Page.errors`. */
  form<T>(schema: z.ZodType<T>): T {
    return read(schema, this.request.body)
  }

  /** Aborted once the browser has left. */
  get signal(): AbortSignal {
    this.#signal ??= closedSignal(this.reply)
    return this.#signal
  }
}
