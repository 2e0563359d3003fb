/** Node's error codes for an untrusted server certificate. */
const UNTRUSTED =
  /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_|ERR_TLS_CERT_|INVALID_CA|PATH_LENGTH_|INVALID_PURPOSE|CRL_)/

/** Codes of Node with which one side speaks TLS and the other does not, or they have no version in common. */
const TLS_MISMATCH = /^(ERR_SSL_(?!.*ALERT_.*(CERTIFICATE|UNKNOWN_CA))|EPROTO$)/

const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** How many causes are followed: clients wrap errors once or twice. */
const DEEPEST = 8

/** The code that Node or a client gave an error, such as `ECONNREFUSED`; empty for an error without one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The message of an error; if Node tried every address of a host name, the message for each of them. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error.message === '' ? codeOf(error) : error.message
}

/** Why a server's certificate was not trusted, found in an error or its causes; null for other errors. */
export function certificateFault(error: unknown): string | null {
  for (const each of causesOf(error)) {
    const code = codeOf(each)
    if (UNTRUSTED.test(code)) return code
    // Some clients wrap it under a code of their own and keep only the words. An alert is what the other side says of ours.
    if (!/\balert\b/i.test(each.message) && /certificate|Hostname\/IP does not match/i.test(each.message))
      return each.message
  }
  return null
}

/** The message for a certificate that is not trusted; `why` is the result of `certificateFault`. */
export function notTrusted(
  server: string,
  why: string,
  settings: { readonly ca: string; readonly url: string },
): string {
  return `certificate of ${server} is not trusted (${why}): set ${settings.ca} to its CA file, and use the host name of the certificate in ${settings.url}`
}

/** Whether TLS failed because the two sides do not agree on it. */
export function isTlsMismatch(error: unknown): boolean {
  return causesOf(error).some((each) => TLS_MISMATCH.test(codeOf(each)))
}

/** Whether there was no connection, or it was lost: a server that is down, a network in between, a name not found. */
export function isUnreachable(error: unknown): boolean {
  return causesOf(error).some((each) => UNREACHABLE.has(codeOf(each)))
}

/** The error and its causes; for a host name with several addresses, the error of each of them. */
function causesOf(error: unknown, depth = 0): readonly Error[] {
  if (!(error instanceof Error) || depth === DEEPEST) return []
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  return [error, ...parts.flatMap((each) => causesOf(each, depth + 1)), ...causesOf(error.cause, depth + 1)]
}
