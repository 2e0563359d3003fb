import secureSession, { type Session } from '@fastify/secure-session'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { LOCAL, type Person } from './person.ts'

/** What a page says at its top after an action. */
const FLASH = z.object({ kind: z.enum(['success', 'information']), text: z.string() })
export type Flash = z.infer<typeof FLASH>

declare module '@fastify/secure-session' {
  interface SessionData {
    flash: unknown
  }
}

/** The key of the cookie has this many bytes. */
const KEY_BYTES = 32
const SESSION_SECONDS = 20 * 60 * 60

/**
 * Sessions in an encrypted cookie, without a store: the console has to open while the search engine, which holds the ledger, is away.
 */
export async function addSessions(scope: FastifyInstance): Promise<void> {
  await scope.register(secureSession, {
    key: randomBytes(KEY_BYTES),
    cookieName: 'reval',
    expiry: SESSION_SECONDS,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: false },
  })
}

/** Who sent the request. Throws NOT_SIGNED_IN without a session. */
export const personOf: (request: FastifyRequest) => Person = () => LOCAL

export function setFlash(request: FastifyRequest, flash: Flash): void {
  sessionOf(request).set('flash', flash)
}

/** Takes the banner that an action left; null if there is none. */
export function takeFlash(request: FastifyRequest): Flash | null {
  const session = sessionOf(request)
  const flash = FLASH.safeParse(session.get('flash'))
  if (!flash.success) return null
  session.set('flash', undefined)
  return flash.data
}

function sessionOf(request: FastifyRequest): Session {
  return request.session
}
