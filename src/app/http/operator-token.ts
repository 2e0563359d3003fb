import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { RevalError } from '../../errors/reval-error.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Guards requests that change something: resolves for a request with the operator's token, as `Authorization: Bearer
 * <token>` or as the token alone, which is what the web client sends. Rejects OPERATOR_TOKEN_WRONG otherwise. Without a
 * token every request is allowed; the server then listens on loopback only.
 */
export function operatorOnly(token: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(token)
  return async (request) => {
    if (token === '') return
    const { authorization = '' } = request.headers
    const given = authorization.replace(/^Bearer\s+/i, '').trim()
    // In constant time, so that the token cannot be guessed letter by letter.
    if (timingSafeEqual(digest(given), expected)) return
    const reason = given === '' ? 'no token in the request' : 'token does not match'
    throw new RevalError('OPERATOR_TOKEN_WRONG', reason)
  }
}
