import * as z from 'zod'
import type { ListName } from '../../domain/list-query.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { CONNECTION, CONNECTIONS_PAGE, DOCTOR, DOCTORS_PAGE, SUGGESTIONS } from './answers.ts'
import { listRequestOf, suggestRequestOf } from './list-request.ts'
import type { Asked, ListAnswer, ListSource } from './list-source.ts'
import { permittedBodies, type RequestedBodies } from './requested-bodies.ts'

export interface RemoteListsOptions {
  readonly service: 'recommendation' | 'connection'
  /** The address of the service, such as `http://127.0.0.1:8090`. */
  readonly url: string
  /** Time limit in milliseconds for the complete answer; for a download, until it starts. */
  readonly timeoutMs: number
}

/** Where each service serves a list, as in the reference. */
const PATHS: Readonly<Record<ListName, string>> = {
  doctors: '/api/v1/doctors',
  all: '/api/connections',
  connected: '/api/connections/connected',
  disconnected: '/api/connections/disconnected',
  exception: '/api/connections/exception',
  discrepancies: '/api/connections/discrepancies',
}

/** The headers of a service's answer that the gateway passes on. */
const PASSED_ON = ['reval-data-day', 'reval-live-since', 'reval-run', 'reval-unknown-bodies']

/**
 * Lists that another process serves, ours or the reference's. Requests are checked here first, so that a service is never asked for
 * bodies that the caller may not see.
 */
export function remoteLists({ service, url, timeoutMs }: RemoteListsOptions): ListSource {
  const failed = (reason: string, cause?: unknown) =>
    new RevalError('LIST_SERVICE_FAILED', `${service}: ${reason}`, { cause, transient: true, details: { service } })

  const ask = async (path: string, asked: Asked, bodies: RequestedBodies, accept: string): Promise<Response> => {
    const address = `${url.replace(/\/+$/, '')}${path}?${queryOf(asked, bodies)}`
    const headers = { accept, ...(asked.authorization !== null && { authorization: asked.authorization }) }
    const late = new AbortController()
    const timer = setTimeout(() => {
      late.abort(new Error(`no answer within ${timeoutMs} ms`))
    }, timeoutMs)
    try {
      const signal = AbortSignal.any([asked.signal, late.signal])
      const response = await fetch(address, { headers, signal, redirect: 'error' })
      if (response.ok) return accept === JSON_TYPE ? await whole(response) : response
      await response.body?.cancel()
      throw failed(`answered with status ${response.status}`)
    } catch (error) {
      if (error instanceof RevalError) throw error
      if (asked.signal.aborted) throw new RevalError('INTERRUPTED', `the caller left before ${service} answered`)
      throw failed(late.signal.aborted ? `no answer within ${timeoutMs} ms` : 'cannot be reached', error)
    } finally {
      clearTimeout(timer)
    }
  }

  const read = async <T>(response: Response, schema: z.ZodType<T>): Promise<ListAnswer<T>> => {
    const result = schema.safeParse(await response.json().catch(() => null))
    if (!result.success) throw failed(`answered with something other than a list: ${placesOf(result.error)}`)
    return { body: result.data, headers: passedOn(response) }
  }

  const bodiesOf = ({ list, parameters, permitted }: Asked) =>
    permittedBodies(listRequestOf(list, parameters).requested, permitted)

  return {
    async doctors(asked) {
      return read(await ask(PATHS.doctors, asked, bodiesOf(asked), JSON_TYPE), DOCTORS_ANSWER)
    },
    async connections(asked) {
      return read(await ask(PATHS[asked.list], asked, bodiesOf(asked), JSON_TYPE), CONNECTIONS_ANSWER)
    },
    async suggestions(asked) {
      const { requested } = suggestRequestOf(asked.parameters)
      const bodies = permittedBodies(requested, asked.permitted)
      return read(await ask(`${PATHS.doctors}/autocomplete`, asked, bodies, JSON_TYPE), SUGGESTIONS)
    },
    async csv(asked) {
      const response = await ask(PATHS[asked.list], asked, bodiesOf(asked), 'text/csv')
      const isCsv = response.headers.get('content-type')?.startsWith('text/csv') === true
      if (response.body === null || !isCsv) {
        await response.body?.cancel()
        throw failed('does not offer this list as a download')
      }
      return { body: textOf(response.body), headers: passedOn(response) }
    },
  }

  async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
    const decoder = new TextDecoder()
    try {
      for await (const piece of body) yield decoder.decode(piece, { stream: true })
    } catch (error) {
      throw failed('the download broke off', asRevalError(error))
    }
    yield decoder.decode()
  }
}

const JSON_TYPE = 'application/json'

/** The answer read to its end, within the time limit of the request. */
async function whole(response: Response): Promise<Response> {
  const { status, headers } = response
  return new Response(await response.arrayBuffer(), { status, headers })
}

/** The parameters as received, with the bodies that the caller may see. */
function queryOf({ parameters }: Asked, { bodies, tisBodies }: RequestedBodies): string {
  const given = Object.entries(parameters).filter((each): each is [string, string] => each[1] !== undefined)
  const query = new URLSearchParams(given)
  if (bodies !== null) query.set('dbcs', bodies.join(','))
  if (tisBodies !== null) query.set('tisDesignatedBodies', tisBodies.join(','))
  return query.toString()
}

function passedOn({ headers }: Response): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
}

/** The reference omits missing values, and has additional fields. */
const withEveryField = (fields: readonly string[]) => (given: unknown) =>
  typeof given === 'object' && given !== null ? everyField({ ...given }, fields) : given

function everyField(given: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, given[field] ?? null]))
}

const DOCTORS_ANSWER = DOCTORS_PAGE.omit({ recommendationInfo: true })
  .extend({ traineeInfo: z.array(z.preprocess(withEveryField(Object.keys(DOCTOR.shape)), DOCTOR)) })
  .transform(({ traineeInfo, ...totals }) => ({ ...totals, recommendationInfo: traineeInfo }))

const CONNECTIONS_ANSWER = CONNECTIONS_PAGE.extend({
  connections: z.array(z.preprocess(withEveryField(Object.keys(CONNECTION.shape)), CONNECTION)),
})

/** Describes where an answer is invalid, without its values. */
function placesOf({ issues }: z.ZodError): string {
  return issues
    .slice(0, 3)
    .map(({ path }) => path.join('.') || 'the whole')
    .join(', ')
}
