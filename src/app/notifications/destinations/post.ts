import { RevalError } from '../../../errors/reval-error.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * Posts a body. Any answer but 2xx is a failure, also a redirect: the address of a receiver is configured, and nothing else gets the
 * message. The answer's body is not read. Rejects NOTIFICATION_FAILED without the address, which may hold a token.
 */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  let response: Response
  try {
    const all = { 'content-type': JSON_TYPE, 'user-agent': 'reval-sync', ...headers }
    response = await fetch(url, { method: 'POST', headers: all, body, redirect: 'manual', signal })
  } catch (error) {
    signal.throwIfAborted()
    throw new RevalError('NOTIFICATION_FAILED', `cannot be reached: ${codeOf(error)}`)
  }
  await response.body?.cancel()
  if (!response.ok) throw new RevalError('NOTIFICATION_FAILED', `answered with status ${response.status}`)
}

/** Only the code of what failed: the message of an error may name the address. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection'
}
