import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import type { ServiceName } from '../../ports/run-ledger.ts'
import { DOCUMENTED } from '../lists/answers.ts'
import type { ServedLists } from '../lists/open-lists.ts'
import {
  addConnectionRoutes,
  addGatewayRoutes,
  addRecommendationRoutes,
  type ListRoutesOptions,
} from './list-routes.ts'

export interface ListApiOptions extends ServedLists, Omit<ListRoutesOptions, 'lists'> {
  readonly services: readonly ServiceName[]
}

/**
 * The lists of the services in this process, and their documentation under `/docs`. Where integration is among them, it serves the
 * doctors list as the gateway, also for recommendation: both have the same path.
 */
export function addListApi(fastify: FastifyInstance, options: ListApiOptions): void {
  const { services, own, gateway } = options
  void fastify.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'reval-sync: lists', version: '1', description: 'The lists that admins search, sort and page.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform({ schemaRegistry: DOCUMENTED }),
    transformObject: withoutUnused,
    hiddenTag: 'hidden',
    hideUntagged: true,
  })
  void fastify.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  void fastify.register(async (server) => {
    server.setValidatorCompiler(validatorCompiler)
    server.setSerializerCompiler(serializerCompiler)
    if (services.includes('integration')) addGatewayRoutes(server, { ...options, lists: gateway })
    else if (services.includes('recommendation')) addRecommendationRoutes(server, { ...options, lists: own })
    if (services.includes('connection')) addConnectionRoutes(server, { ...options, lists: own })
  })
}

const named = createJsonSchemaTransformObject({ schemaRegistry: DOCUMENTED })

/** The document without the schemas that nothing refers to: each is there twice, once for requests, though none has a body. */
const withoutUnused: SwaggerTransformObject = (route) => {
  const document = named(route)
  if (!('components' in document)) return document
  const components: object = document.components.schemas ?? {}
  const schemas = Object.entries(components)
  const isUsed = (name: string): boolean =>
    refersTo(document.paths, name) ||
    schemas.some(([other, schema]) => other !== name && refersTo(schema, name) && isUsed(other))
  for (const [name] of schemas) if (!isUsed(name)) Reflect.deleteProperty(components, name)
  return document
}

function refersTo(part: unknown, schema: string): boolean {
  return JSON.stringify(part).includes(`"#/components/schemas/${schema}"`)
}
