import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { ListName } from '../../domain/list-query.ts'
import { ADMIN, BODY, CONNECTIONS_PAGE, DOCTORS_PAGE, SUGGESTIONS, TRAINEES_PAGE } from '../lists/answers.ts'
import { listRequestOf } from '../lists/list-request.ts'
import { permittedBodies } from '../lists/requested-bodies.ts'
import type { Asked, ListAnswer, ListSource } from '../lists/list-source.ts'
import type { Parameters } from '../lists/parameter.ts'
import type { AdminView, BodyView } from '../lists/reference-data.ts'
import { CSV_TYPE, sendCsv } from './csv-download.ts'
import { asUnavailable } from './errors.ts'
import { CONNECTIONS_QUERY, DOCTORS_QUERY, SUGGESTIONS_QUERY } from './list-parameters.ts'
import { closedSignal, wantsCsv } from './requests.ts'

export interface ListRoutesOptions {
  readonly lists: ListSource
  /** The bodies whose rows the caller of a request may see; null for all. */
  readonly permitted: (request: FastifyRequest) => readonly string[] | null
}

interface GatewayOptions extends ListRoutesOptions {
  readonly bodies: readonly BodyView[]
  readonly admins: readonly AdminView[]
}

const csv = {
  schema: z.string().describe('the whole list (RFC 4180); the connection breaks off if it cannot be completed'),
}
const NO_CONNECTIONS = { totalPages: 0, totalResults: 0, connections: [] }

/** A page, or the whole list as CSV. */
function pageOr(page: z.ZodType) {
  return {
    200: { description: 'The list', content: { 'application/json': { schema: page }, [CSV_TYPE]: csv } },
  }
}

/** The routes of the admins' clients, in integration. */
export function addGatewayRoutes(server: FastifyInstance, options: GatewayOptions): void {
  const { lists, bodies, admins } = options
  const ask = asking(options)

  server.get(
    '/api/v1/doctors',
    {
      schema: { ...tagged('Doctors for revalidation'), querystring: DOCTORS_QUERY, response: pageOr(DOCTORS_PAGE) },
    },
    (request, reply) => ask(request, reply, 'doctors', (asked) => lists.doctors(asked)),
  )
  addSuggestions(server, options)
  addConnections(server, '/api/connection', options)
  for (const path of ['/api/connection/hidden', '/api/connection/discrepancies/hidden']) {
    server.get(
      path,
      {
        schema: {
          ...tagged('Hidden rows: always empty, because no source has any'),
          querystring: CONNECTIONS_QUERY,
          response: { 200: CONNECTIONS_PAGE },
        },
      },
      async (request) => {
        const { requested } = listRequestOf('discrepancies', textsOf(request.query))
        permittedBodies(requested, options.permitted(request))
        return NO_CONNECTIONS
      },
    )
  }
  server.get(
    '/api/connection/exceptionLog/today',
    {
      schema: {
        ...tagged("An admin's failed connections of today: always empty, because no source has their admin"),
        querystring: z.object({ admin: z.string().optional() }),
        response: { 200: z.array(z.never()) },
      },
    },
    async () => [],
  )
  server.get(
    '/api/reference/dbcs',
    { schema: { ...tagged('Designated bodies'), response: { 200: z.array(BODY) } } },
    async () => [...bodies],
  )
  server.get('/api/admins', { schema: { ...tagged('Admins'), response: { 200: z.array(ADMIN) } } }, async () => [
    ...admins,
  ])
}

/** The routes of recommendation, with the reference's paths. */
export function addRecommendationRoutes(server: FastifyInstance, options: ListRoutesOptions): void {
  const ask = asking(options)
  server.get(
    '/api/v1/doctors',
    {
      schema: { ...tagged('Doctors for revalidation'), querystring: DOCTORS_QUERY, response: pageOr(TRAINEES_PAGE) },
    },
    (request, reply) =>
      ask(request, reply, 'doctors', async (asked) => {
        const { body, headers } = await options.lists.doctors(asked)
        const { recommendationInfo: traineeInfo, ...totals } = body
        return { body: { ...totals, traineeInfo }, headers }
      }),
  )
  addSuggestions(server, options)
}

/** The routes of connection, with the reference's paths. */
export function addConnectionRoutes(server: FastifyInstance, options: ListRoutesOptions): void {
  addConnections(server, '/api/connections', options)
}

function addSuggestions(server: FastifyInstance, options: ListRoutesOptions): void {
  const ask = asking(options)
  server.get(
    '/api/v1/doctors/autocomplete',
    {
      schema: {
        ...tagged('Suggest values while a person types: at most 20, the most frequent first'),
        querystring: SUGGESTIONS_QUERY,
        response: { 200: SUGGESTIONS },
      },
    },
    (request, reply) => ask(request, reply, 'doctors', (asked) => options.lists.suggestions(asked)),
  )
}

const CONNECTION_LISTS: readonly (readonly [list: ListName, summary: string])[] = [
  ['all', 'All doctors'],
  ['connected', 'Doctors with a designated body'],
  ['disconnected', 'Doctors without a designated body'],
  ['exception', 'Doctors whose connection needs attention'],
  ['discrepancies', "Doctors whose designated body differs from that of their programme's owner"],
]

function addConnections(server: FastifyInstance, prefix: string, options: ListRoutesOptions): void {
  const ask = asking(options)
  for (const [list, summary] of CONNECTION_LISTS) {
    server.get(
      list === 'all' ? prefix : `${prefix}/${list}`,
      { schema: { ...tagged(summary), querystring: CONNECTIONS_QUERY, response: pageOr(CONNECTIONS_PAGE) } },
      (request, reply) => ask(request, reply, list, (asked) => options.lists.connections(asked)),
    )
  }
}

function tagged(summary: string) {
  return { summary, tags: ['lists'] }
}

function asking({ lists, permitted }: ListRoutesOptions) {
  /** Answers with a page, or with the whole list as CSV. */
  const ask = async (
    request: FastifyRequest,
    reply: FastifyReply,
    list: ListName,
    page: (asked: Asked) => Promise<ListAnswer<unknown>>,
  ): Promise<FastifyReply> => {
    const { format, ...parameters } = textsOf(request.query)
    const asked: Asked = {
      list,
      parameters,
      permitted: permitted(request),
      authorization: request.headers.authorization ?? null,
      signal: closedSignal(reply),
    }
    try {
      if (!wantsCsv(request, format)) {
        const { body, headers } = await page(asked)
        return await reply.headers(headers).type('application/json; charset=utf-8').send(body)
      }
      // HEAD needs only the headers, which a page has too. Fastify would read the whole list.
      const isHead = request.method === 'HEAD'
      const { body, headers } = isHead ? { ...(await page(asked)), body: [] } : await lists.csv(asked)
      return await sendCsv(request, reply.headers(headers), list, body)
    } catch (error) {
      throw asUnavailable(error)
    }
  }
  return ask
}

/** The parameters; the schema of the route allows nothing but texts. */
function textsOf(query: unknown): Parameters {
  return z.record(z.string(), z.string().optional()).parse(query)
}
