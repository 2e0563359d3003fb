import type * as z from 'zod'
import { RevalError } from '../../errors/reval-error.ts'
import { readAnswer } from './answers.ts'
import { refusalIn, textOf, unanswered, unsuitable } from './remote-errors.ts'

type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface RemoteOptions {
  readonly url: string
  /** Empty for none. */
  readonly token: string
  /** Aborted when the command should stop. */
  readonly signal: AbortSignal
}

/** Most answers take less than a second. */
const ANSWER_MS = 30_000
/** A request whose answer the writer gives: the service waits two minutes for it. */
export const WRITER_ANSWER_MS = 150_000

/** A path with its parameters, encoded: path`/api/sync/runs/${id}`. */
export function path(texts: TemplateStringsArray, ...parameters: readonly string[]): string {
  return String.raw({ raw: texts }, ...parameters.map(encodeURIComponent))
}

/**
 * The integration service at an address, as commands ask it. Every method makes one attempt, and rejects with the code of a problem
 * that is answered, NOT_SIGNED_IN, NOT_ALLOWED, INSTALLATION_UNREACHABLE, INSTALLATION_UNTRUSTED, INSTALLATION_UNSUITABLE, or
 * INTERRUPTED. The token goes to this address only: redirects are not followed.
 */
export class RemoteInstallation {
  readonly #options: RemoteOptions

  constructor(options: RemoteOptions) {
    this.#options = options
  }

  get<T>(route: string, schema: z.ZodType<T>, query: Query = {}, timeoutMs = ANSWER_MS): Promise<T> {
    return this.#whole(schema, { method: 'GET', route: withQuery(route, query), timeoutMs })
  }

  post<T>(route: string, schema: z.ZodType<T>, body: object = {}, timeoutMs = ANSWER_MS): Promise<T> {
    return this.#whole(schema, { method: 'POST', route, body, timeoutMs })
  }

  /** An answer in pieces, which may take as long as it needs, but may not pause for longer than other answers take. */
  async download(route: string, query: Query, accept: string): Promise<Download> {
    const asking = this.#limited({ method: 'GET', route: withQuery(route, query), timeoutMs: ANSWER_MS })
    const { response, asked } = await asking.send(accept)
    const { body, headers } = response
    if (body === null || headers.get('content-type')?.startsWith(accept) !== true) {
      await body?.cancel()
      asking.end()
      throw unsuitable(`answers with something other than ${accept}`, asked)
    }
    return { headers, pieces: pieces(body) }

    async function* pieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
      const decoder = new TextDecoder()
      try {
        for await (const piece of stream) {
          asking.restart()
          yield decoder.decode(piece, { stream: true })
          asking.restart()
        }
      } catch (error) {
        throw asking.errorOf(error)
      } finally {
        asking.end()
      }
    }
  }

  async #whole<T>(schema: z.ZodType<T>, request: Asked): Promise<T> {
    const asking = this.#limited(request)
    try {
      const { response, asked } = await asking.send('application/json')
      const isJson = response.headers.get('content-type')?.includes('json') === true
      const text = await textOf(response).catch((error: unknown) => {
        throw asking.errorOf(error)
      })
      const value = isJson ? jsonIn(text) : undefined
      if (value === undefined) throw unsuitable('answers with something other than JSON', asked)
      return readAnswer(schema, value, asked)
    } finally {
      asking.end()
    }
  }

  /** A request with its limit of time. */
  #limited({ method, route, body, timeoutMs }: Asked) {
    const { url, token, signal } = this.#options
    const base = url.replace(/\/+$/, '')
    // A query may hold personal data.
    const asked = `${method} ${base}${route.split('?', 1)[0] ?? ''}`
    const late = new AbortController()
    const expire = () => late.abort()
    let timer = setTimeout(expire, timeoutMs)
    const errorOf = (error: unknown): RevalError => {
      if (error instanceof RevalError) return error
      if (signal.aborted) return new RevalError('INTERRUPTED', `stopped waiting for the answer (${asked})`)
      if (!late.signal.aborted) return unanswered(error, asked)
      return new RevalError('INSTALLATION_UNREACHABLE', `no answer within ${timeoutMs / 1000} s (${asked})`, {
        transient: true,
      })
    }
    return {
      errorOf,
      end: () => clearTimeout(timer),
      restart: () => {
        clearTimeout(timer)
        timer = setTimeout(expire, timeoutMs)
      },
      send: async (accept: string) => {
        try {
          const response = await fetch(`${base}${route}`, {
            method,
            headers: {
              accept: `${accept}, application/problem+json`,
              ...(token !== '' && { authorization: `Bearer ${token}` }),
              ...(body !== undefined && { 'content-type': 'application/json' }),
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
            signal: AbortSignal.any([signal, late.signal]),
            redirect: 'manual',
          })
          if (response.status >= 300) throw await refusalIn(response, asked)
          return { response, asked }
        } catch (error) {
          clearTimeout(timer)
          throw errorOf(error)
        }
      },
    }
  }
}

export interface Download {
  readonly headers: Headers
  readonly pieces: AsyncIterable<string>
}

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly route: string
  readonly body?: object
  readonly timeoutMs: number
}

function withQuery(route: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return given.length === 0 ? route : `${route}?${new URLSearchParams(given).toString()}`
}

/** Undefined if the text is not JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
