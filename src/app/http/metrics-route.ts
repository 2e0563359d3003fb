import type { FastifyInstance, FastifyRequest } from 'fastify'
import { TEXT_FORMAT, type Exposition, type MetricRecorder } from '../telemetry/exposition.ts'

const MILLISECONDS = 1000
/** Of requests without a route: their paths are whatever callers choose. */
const NO_ROUTE = 'none'

/** Measures every request to the routes that are added after this call. */
export function measureRequests(server: FastifyInstance, metrics: MetricRecorder): void {
  server.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: methodOf(request),
      route: request.routeOptions.url ?? NO_ROUTE,
      status: String(reply.statusCode),
    }
    metrics.took('httpSeconds', reply.elapsedTime / MILLISECONDS, labels)
  })
}

/** `/metrics` in the text format of Prometheus. */
export function addMetricsRoute(server: FastifyInstance, metrics: Pick<Exposition, 'text'>): void {
  server.get('/metrics', async (_request, reply) => reply.type(TEXT_FORMAT).send(await metrics.text()))
}

/** Routes take only a few methods; a caller may send any. */
function methodOf({ method, routeOptions }: FastifyRequest): string {
  return routeOptions.url === undefined ? NO_ROUTE : method
}
