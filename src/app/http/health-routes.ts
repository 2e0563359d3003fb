import type { FastifyInstance, FastifyReply } from 'fastify'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { Dependency, Service } from '../../services/service.ts'

/** A dependency that does not answer in time is not ready. */
const PING_TIMEOUT_MS = 2_000

interface DependencyHealth {
  readonly name: string
  readonly ready: boolean
  readonly code?: string
  readonly reason?: string
}

async function healthOf({ name, ping }: Dependency): Promise<DependencyHealth> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new RevalError('INTERNAL', `no answer within ${PING_TIMEOUT_MS} ms`))
  }, PING_TIMEOUT_MS)
  try {
    await Promise.race([ping(), late.promise])
    return { name, ready: true }
  } catch (error) {
    const { code, message } = asRevalError(error)
    return { name, ready: false, code, reason: message }
  } finally {
    clearTimeout(timer)
  }
}

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
