import fastify from 'fastify'
import { addListApi } from '../src/app/http/list-api.ts'
import type { ListSource } from '../src/app/lists/list-source.ts'

const unserved = () => Promise.reject(new Error('the document is made without data'))
const NO_LISTS: ListSource = { doctors: unserved, connections: unserved, suggestions: unserved, csv: unserved }

/** The OpenAPI document of the lists that integration serves, as JSON. */
export async function openApiDocument(): Promise<string> {
  const server = fastify()
  addListApi(server, {
    own: NO_LISTS,
    gateway: NO_LISTS,
    bodies: [],
    admins: [],
    services: ['integration'],
    permitted: () => null,
  })
  try {
    await server.ready()
    return `${JSON.stringify(server.swagger(), null, 2)}\n`
  } finally {
    await server.close()
  }
}
