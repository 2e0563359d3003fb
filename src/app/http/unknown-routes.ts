import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RevalError } from '../../errors/reval-error.ts'
import { isConsolePath } from './console.ts'
import { answerProblem } from './errors.ts'

/**
 * Answers requests that no route takes, before their bodies are read: 405 with `Allow` if the path has routes of other methods,
 * otherwise 404. The console, if it is served, has a page for that. Call it before routes are added.
 */
export function answerUnknownRoutes(server: FastifyInstance, { hasConsole }: { readonly hasConsole: boolean }): void {
  const methodsOf = new Map<string, Set<string>>()
  server.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set()
    for (const each of [method].flat()) methods.add(each)
    methodsOf.set(url, methods)
  })
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    // Its query may hold personal data.
    const [path = ''] = request.url.split('?', 1)
    const known = [...methodsOf].filter(([url]) => isPathOf(url, path))
    const allowed = [...new Set(known.flatMap(([, methods]) => [...methods]))].sort()
    const asked = `${request.method} ${path}`
    if (allowed.length === 0) return answerProblem(reply, new RevalError('USAGE', `not found: ${asked}`), 404)
    void reply.header('allow', allowed.join(', '))
    return answerProblem(reply, new RevalError('USAGE', `${asked}: expected ${allowed.join(' or ')}`), 405)
  }
  server.addHook('onRequest', async (request, reply) =>
    request.is404 && !(hasConsole && isConsolePath(request.url)) ? answer(request, reply) : undefined,
  )
  server.setNotFoundHandler(answer)
}

/** Whether a path is one of a route: `:name` stands for one segment, `*` for the rest. */
function isPathOf(url: string, path: string): boolean {
  const given = path.split('/')
  const segments = url.split('/')
  const isEqual = (segment: string, at: number) => segment.startsWith(':') || segment === given[at]
  if (segments.at(-1) === '*') return given.length >= segments.length && segments.slice(0, -1).every(isEqual)
  return given.length === segments.length && segments.every(isEqual)
}
