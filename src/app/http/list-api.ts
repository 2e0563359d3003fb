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

export interface ListApiOptions extends ServedLists, Omit<ListRoutesOptions, 'lists'> {
  readonly services: readonly ServiceName[]
}

/**
 * The lists of the services in this process. Where integration is among them, it serves the doctors list as the gateway, also for
 * recommendation: both have the same path. Their requests and answers are checked and written by their schemas.
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
