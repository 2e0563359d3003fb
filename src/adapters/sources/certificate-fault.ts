/** Codes of Node that say that the certificate, and not the network, is the trouble. */
const UNTRUSTED =
  /^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_|ERR_TLS_CERT_|INVALID_CA|PATH_LENGTH_|INVALID_PURPOSE|CRL_)/

/** Why a server's certificate was not accepted, wherever in the causes of an error it stands; null for other errors. */
export function certificateFault(error: unknown): string | null {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth += 1) {
    const code = 'code' in each && typeof each.code === 'string' ? each.code : ''
    if (UNTRUSTED.test(code)) return code
    // The drivers wrap it under a code of their own and leave the words.
    const words = /certificate|Hostname\/IP does not match/i.exec(each.message)
    if (words !== null) return each.message
  }
  return null
}
