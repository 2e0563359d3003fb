import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Service } from '../../services/service.ts'
import { healthOf } from '../health/ping.ts'

async function readinessOf(service: Service) {
  const dependencies = await Promise.all(service.dependencies.map(healthOf))
  return { service: service.name, ready: dependencies.every(({ ready }) => ready), dependencies }
}

/**
 * `/health/live`: the process answers. `/health/ready`: every service in it can reach all its dependencies; otherwise 503
 * with those that are missing. `/health/<service>/…`: the same for one service.
 */
export function addHealthRoutes(server: FastifyInstance, services: readonly Service[]): void {
  const ready = async (checked: readonly Service[], reply: FastifyReply) => {
    const found = await Promise.all(checked.map(readinessOf))
    const all = found.every((each) => each.ready)
    return reply.status(all ? 200 : 503).send({ ready: all, services: found })
  }
  server.get('/health/live', async () => ({ live: true, services: services.map(({ name }) => name) }))
  server.get('/health/ready', async (_request, reply) => ready(services, reply))
  for (const service of services) {
    server.get(`/health/${service.name}/live`, async () => ({ live: true, services: [service.name] }))
    server.get(`/health/${service.name}/ready`, async (_request, reply) => ready([service], reply))
  }
}
