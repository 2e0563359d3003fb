import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { PROBLEM } from '../../json/problem.ts'
import { PROBLEM_TYPE } from '../problem.ts'
import { isConsolePath } from '../console.ts'
import { ruleOf, type RouteRule } from '../routes.ts'
import { descriptionOf, resultOf, type Answer, type RouteDescription } from './descriptions.ts'
import { PROBLEMS, problemsOf, type ProblemStatus } from './problems.ts'

/**
 * Serves a document of every route of the API added after this call, under `/docs`: role and audit come from the table of routes, the rest
 * from `descriptions.ts` or the route's own schema. Throws for a route that has neither. Does not check requests.
 */
export async function documentRoutes(server: FastifyInstance): Promise<void> {
  server.setValidatorCompiler(() => (value: unknown) => ({ value }))
  server.setSerializerCompiler(() => (value) => JSON.stringify(value))
  server.addHook('onRoute', (route) => {
    const method = [route.method].flat()[0] ?? 'GET'
    const rule = ruleOf(method, route.url)
    if (method === 'HEAD' || rule === null || route.schema?.hide === true) return
    if (isConsolePath(route.url)) {
      route.schema = { hide: true }
      return
    }
    const name = `${method} ${route.url}`
    const description = descriptionOf(name)
    if (description !== null) route.schema = schemaOf(name, description)
    else if (route.schema === undefined) throw new Error(`${name} is not described`)
    Object.assign(route.schema, { description: aboutAccess(rule), ...(rule.access === 'everyone' && { security: [] }) })
  })
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'reval-sync', version: '1', description: ABOUT },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform({}),
    transformObject: completed,
    hideUntagged: true,
  })
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // The page loads nothing from elsewhere, and also works over plain HTTP at an address other than loopback.
    transformStaticCSP: (policy) =>
      policy.replace(' validator.swagger.io', '').replace(' upgrade-insecure-requests;', ''),
    uiConfig: { validatorUrl: null },
    theme: { css: [{ filename: 'theme.css', content: '.swagger-ui .topbar { display: none }' }] },
  })
}

const ABOUT =
  'The lists that admins search, sort and page through, and the job that builds them. Errors are problem documents (RFC 9457). Without a configured sign-in, the service listens on loopback only and needs no token.'

const ROLES = {
  metrics: 'the metrics token, or role support or operator',
  lists: 'any role',
  support: 'role support or operator',
  operator: 'role operator',
} as const

const ABOUT_AUDIT: Readonly<Record<RouteRule['audited'], string>> = {
  never: '',
  'look-ups': 'The audit log records downloads and searches for a GMC number.',
  always: 'The audit log records each request.',
}

function aboutAccess({ access, audited }: RouteRule): string {
  const needs = access === 'everyone' ? 'Needs no token.' : `Needs ${ROLES[access]}.`
  return [needs, ABOUT_AUDIT[audited]].join(' ').trim()
}

function schemaOf(route: string, description: RouteDescription): FastifySchema {
  const { tag, summary, params, query, body, status = 200, answers } = description
  const result = () => ({ description: 'Done', content: { 'application/json': { schema: resultOf(route) } } })
  return {
    tags: [tag],
    summary,
    ...(params !== undefined && { params }),
    ...(query !== undefined && { querystring: query }),
    ...(body !== undefined && { body }),
    response: { [status]: answers?.[status] ?? result(), ...answers } satisfies Readonly<Record<number, Answer>>,
  }
}

const components = createJsonSchemaTransformObject({})

/** Adds problems to the document, and gives each response and schema one definition, with a name without spaces. */
const completed: SwaggerTransformObject = (route) => {
  const document = DOCUMENT.parse(components(route))
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) complete(`${method.toUpperCase()} ${path}`, operation)
  }
  document.components.responses = Object.fromEntries(Object.entries(PROBLEMS).map(problemResponse))
  for (const name of unusedIn(document)) Reflect.deleteProperty(document.components.schemas, name)
  return namedForReferences(document)
}

const OPERATION = z.looseObject({
  parameters: z.array(z.looseObject({ in: z.string() })).optional(),
  requestBody: z.looseObject({ required: z.boolean() }).optional(),
  responses: z.record(z.string(), z.unknown()),
})
type Operation = z.infer<typeof OPERATION>

/** The parts of the document that `completed` changes. */
const DOCUMENT = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), OPERATION)),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    responses: z.record(z.string(), z.unknown()).default({}),
  }),
})
type Document = z.infer<typeof DOCUMENT>

function complete(name: string, operation: Operation): void {
  const route = name.replaceAll(/\{(\w+)\}/g, ':$1')
  const [method = '', path = ''] = route.split(' ')
  const rule = ruleOf(method, path)
  if (rule === null) throw new Error(`${route} is missing in the table of routes`)
  const description = descriptionOf(route)
  if (operation.requestBody !== undefined) operation.requestBody.required = description?.isBodyOptional !== true
  if (operation.parameters?.length === 0) delete operation.parameters
  const takes = (place: string) => operation.parameters?.some((parameter) => parameter.in === place) === true
  const input = { inPath: takes('path'), inQuery: takes('query'), inBody: operation.requestBody !== undefined }
  for (const status of problemsOf(rule, input, description?.problems)) {
    operation.responses[status] ??= { $ref: `#/components/responses/${responseName(status)}` }
  }
}

function responseName(status: ProblemStatus | string): string {
  return `Problem${status}`
}

function problemResponse([status, description]: readonly [string, string]): readonly [string, unknown] {
  const schema = { $ref: `#/components/schemas/${idOf(PROBLEM)}` }
  return [responseName(status), { description, content: { [PROBLEM_TYPE]: { schema } } }]
}

function idOf(schema: z.ZodType): string {
  return z.globalRegistry.get(schema)?.id ?? ''
}

/** Each schema is defined for input and for output; most of these definitions are not referenced. */
function unusedIn({ paths, components: { schemas, responses } }: Document): readonly string[] {
  const used = new Set<string>()
  const visit = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      visit(schemas[name])
    }
  }
  visit([paths, responses])
  return Object.keys(schemas).filter((name) => !used.has(name))
}

/** Names of components must not have spaces: `Failed row` becomes `FailedRow`. */
function namedForReferences(document: Document): Document {
  const { schemas } = document.components
  const named = (name: string) => name.replaceAll(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase())
  document.components.schemas = Object.fromEntries(
    Object.entries(schemas)
      .map(([name, schema]) => [named(name), schema] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )
  const refers = /^#\/components\/schemas\/(.*)$/
  return DOCUMENT.parse(
    JSON.parse(JSON.stringify(document), (key, value: unknown) =>
      key === '$ref' && typeof value === 'string'
        ? value.replace(refers, (_, name: string) => `#/components/schemas/${named(name)}`)
        : value,
    ),
  )
}
