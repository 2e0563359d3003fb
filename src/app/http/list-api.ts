import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { ServiceName } from '../../ports/run-ledger.ts'
import type { ServedLists } from '../lists/open-lists.ts'
import {
  addConnectionRoutes,
  addGatewayRoutes,
  addRecommendationRoutes,
  type ListRoutesOptions,
} from './list-routes.ts'

export interface ListApiOptions extends Omit<ServedLists, 'live'>, Omit<ListRoutesOptions, 'lists'> {
  readonly services: readonly ServiceName[]
}

/**
 * Adds the list routes of the services in this process. Integration and recommendation share a path for the doctors list; if both run
 * here, integration answers as the gateway. Schemas check requests and write answers.
 */
export function addListApi(fastify: FastifyInstance, options: ListApiOptions): void {
  const { services, own, gateway } = options
  void fastify.register(async (server) => {
    server.setValidatorCompiler(validatorCompiler)
    server.setSerializerCompiler(serializerCompiler)
    if (services.includes('integration')) addGatewayRoutes(server, { ...options, lists: gateway })
    else if (services.includes('recommendation')) addRecommendationRoutes(server, { ...options, lists: own })
    if (services.includes('connection')) addConnectionRoutes(server, { ...options, lists: own })
  })
}
