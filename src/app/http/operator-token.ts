import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { RevalError } from '../../errors/reval-error.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Guards what changes something: resolves for a request that brings the operator's token, as `Authorization: Bearer
 * <token>` or as the token alone, which is how the web client sends its own. Rejects OPERATOR_TOKEN_WRONG otherwise.
 * An empty token guards nothing: then the server listens on loopback only.
 */
export function operatorOnly(token: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(token)
  return async (request) => {
    if (token === '') return
    const { authorization = '' } = request.headers
    const given = authorization.replace(/^Bearer\s+/i, '').trim()
    // Compared in the same time whatever is wrong with it, so that nobody finds it letter by letter.
    if (timingSafeEqual(digest(given), expected)) return
    const reason = given === '' ? 'no token in the request' : 'token does not match'
    throw new RevalError('OPERATOR_TOKEN_WRONG', reason)
  }
}
