import fastify from 'fastify'
import { addListApi } from '../src/app/http/list-api.ts'
import { documentRoutes } from '../src/app/http/openapi/document.ts'
import { HTTP_ROUTES } from '../src/app/http/routes.ts'
import type { ListSource } from '../src/app/lists/list-source.ts'
import { SERVICE_NAMES } from '../src/ports/run-ledger.ts'

const unserved = () => Promise.reject(new Error('the document is made without data'))
const NO_LISTS: ListSource = { doctors: unserved, connections: unserved, suggestions: unserved, csv: unserved }

/** The OpenAPI document of a process with all services, as JSON. */
export async function openApiDocument(): Promise<string> {
  const server = fastify()
  await documentRoutes(server)
  for (const [route, { access }] of Object.entries(HTTP_ROUTES)) {
    const [method = '', url = ''] = route.split(' ')
    // Lists describe themselves.
    if (access !== 'lists') server.route({ method, url, handler: unserved })
  }
  addListApi(server, {
    own: NO_LISTS,
    gateway: NO_LISTS,
    bodies: [],
    admins: [],
    services: SERVICE_NAMES,
    permitted: () => null,
  })
  try {
    await server.ready()
    return `${JSON.stringify(server.swagger(), null, 2)}\n`
  } finally {
    await server.close()
  }
}
