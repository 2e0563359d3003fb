import * as z from 'zod'
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'

/** A problem of any version: a later one has codes that this one does not know. */
const ANY_PROBLEM = z.looseObject({ code: z.string(), detail: z.string(), details: z.record(z.string(), z.unknown()) })

/** More than any answer that is not a download. */
const MOST_BYTES = 64 * 1_048_576

/** The text of an answer. Rejects INSTALLATION_UNSUITABLE if it is longer: it would fill the memory. */
export async function textOf({
  body,
  url,
}: {
  readonly body: ReadableStream<Uint8Array> | null
  readonly url: string
}): Promise<string> {
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop early cancels the body.
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw unsuitable(`answers with more than ${MOST_BYTES} bytes`, url.split('?', 1)[0] ?? '')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** The error that an answer with a status of 300 or above stands for. `asked` names the request. */
export async function refusalIn(response: Response, asked: string): Promise<RevalError> {
  const { status, headers } = response
  const problem = ANY_PROBLEM.safeParse(await problemOf(response))
  if (problem.success) return problemError(problem.data, status, asked)
  if (status >= 300 && status < 400) {
    const to = headers.get('location')
    const where = to !== null && URL.canParse(to, response.url) ? new URL(to, response.url).origin : 'another address'
    return unsuitable(`redirects to ${where}, and redirects are not followed`, asked)
  }
  if (status === 401)
    return new RevalError('NOT_SIGNED_IN', `the address refuses the token, or requires one (${asked})`)
  if (status === 403) return new RevalError('NOT_ALLOWED', `the address does not allow this (${asked})`)
  // Of a proxy whose service is away.
  if (status === 502 || status === 503 || status === 504) {
    return new RevalError('INSTALLATION_UNREACHABLE', `status ${status} without a reason (${asked})`, {
      transient: true,
    })
  }
  return unsuitable(`answers with status ${status} and without a reason`, asked)
}

/** Null if the answer is not JSON. */
async function problemOf(response: Response): Promise<unknown> {
  try {
    return JSON.parse(await textOf(response))
  } catch {
    // A page of a proxy, for example: the status says what there is to know.
    return null
  }
}

/** The error of a problem within an answer that had begun. */
export function problemIn(value: unknown, asked: string): RevalError {
  const problem = ANY_PROBLEM.safeParse(value)
  return problem.success ? problemError(problem.data, 200, asked) : unsuitable('ends with an unknown error', asked)
}

export function unsuitable(what: string, asked: string): RevalError {
  return new RevalError('INSTALLATION_UNSUITABLE', `the address ${what} (${asked})`)
}

function problemError(
  { code, detail, details }: z.infer<typeof ANY_PROBLEM>,
  status: number,
  asked: string,
): RevalError {
  const isUnknownRoute = code === 'USAGE' && ((status === 404 && detail.startsWith('not found: ')) || status === 405)
  if (isUnknownRoute) return unsuitable('does not serve this: it is of another version, or not of integration', asked)
  if (!isErrorCode(code)) return new RevalError('INSTALLATION_UNSUITABLE', `${code}: ${detail} (${asked})`)
  return new RevalError(code, detail, { details, transient: status === 429 || status >= 503 })
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}

/** The error if nothing answered: `cause` is what `fetch` rejected with. */
export function unanswered(cause: unknown, asked: string): RevalError {
  const { code, message } = rootOf(cause)
  if (OF_TLS.test(code)) {
    return new RevalError('INSTALLATION_UNTRUSTED', `${message} (${asked})`, { cause, details: { reason: code } })
  }
  const reason = REASONS[code] ?? (message === '' ? code : message)
  return new RevalError('INSTALLATION_UNREACHABLE', `${reason} (${asked})`, { cause, transient: true })
}

const OF_TLS = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS|^ERR_SSL|^EPROTO/

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at the address',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
}

/** The innermost error, which says what happened: `fetch` wraps it. */
function rootOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0])
  if (error.cause instanceof Error) return rootOf(error.cause)
  return { code: 'code' in error ? String(error.code) : '', message: error.message }
}
