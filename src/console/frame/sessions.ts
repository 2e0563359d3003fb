import secureSession from '@fastify/secure-session'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createHash, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { ROLES } from '../../app/http/access/caller.ts'
import type { Config } from '../../config/config.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { LOCAL, type Person } from './person.ts'

/** A working day and a night shift. Roles are read from the provider at log-in only. */
const SESSION_SECONDS = 20 * 60 * 60

/** What a page says at its top after an action. */
const FLASH = z.object({ kind: z.enum(['success', 'information']), text: z.string() })
export type Flash = z.infer<typeof FLASH>

const PERSON = z.object({ subject: z.string(), name: z.string(), roles: z.array(z.enum(ROLES)) })
const PENDING = z.array(z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() }))
type Pending = z.infer<typeof PENDING>[number]
/** Log-ins begun in other tabs. */
const MOST_PENDING = 2
/** Of a draft, in bytes: browsers drop cookies above 4 kB. */
const LONGEST_DRAFT = 1_200
/** A reason that was typed when the session ended, and the form it belongs to. */
const DRAFT = z.object({ path: z.string(), why: z.string() })
export type Draft = z.infer<typeof DRAFT>

declare module '@fastify/secure-session' {
  interface SessionData {
    flash: unknown
    person: unknown
    pending: unknown
    draft: unknown
  }
}

/**
 * Sessions in an encrypted cookie, without a store: the console has to open while the search engine, which holds the ledger, is away.
 */
export class Sessions {
  readonly #config: Pick<Config, 'http' | 'console'>

  constructor(config: Pick<Config, 'http' | 'console'>) {
    this.#config = config
  }

  async addTo(scope: FastifyInstance): Promise<void> {
    const { logIn } = this.#config.console
    const isSecure = logIn?.publicUrl.startsWith('https:') === true
    // Without a log-in, a session holds nothing that has to outlive the process.
    const secrets = logIn?.sessionKeys ?? [randomBytes(32).toString('hex')]
    await scope.register(secureSession, {
      key: secrets.map((secret) => createHash('sha256').update(secret).digest()),
      cookieName: isSecure ? '__Host-reval' : 'reval',
      expiry: SESSION_SECONDS,
      cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure, maxAge: SESSION_SECONDS },
    })
  }

  /** Whether anybody on this machine may use the console without logging in. */
  get isOpen(): boolean {
    const { operatorToken, oidc } = this.#config.http
    return operatorToken === '' && oidc === null
  }

  /** Who sent the request. Throws NOT_SIGNED_IN without a session. */
  personOf(request: FastifyRequest): Person {
    if (this.isOpen) return LOCAL
    const person = PERSON.safeParse(request.session.get('person'))
    if (!person.success) throw new RevalError('NOT_SIGNED_IN', 'the request has no session')
    return person.data
  }

  /** Begins a new session for the person; one that somebody prepared in this browser ends (session fixation). */
  begin(request: FastifyRequest, person: Person): void {
    const { session } = request
    session.regenerate(['draft'])
    session.set('person', person)
  }

  end(request: FastifyRequest): void {
    request.session.delete()
  }
}

/** Keeps what a log-in needs when the browser comes back. */
export function keepPending({ session }: FastifyRequest, pending: Pending): void {
  session.set('pending', [pending, ...pendingIn(session.get('pending'))].slice(0, MOST_PENDING))
}

/** Takes the log-in that began with this state; null if this browser began none. */
export function takePending({ session }: FastifyRequest, state: string): Pending | null {
  const all = pendingIn(session.get('pending'))
  session.set(
    'pending',
    all.filter((each) => each.state !== state),
  )
  return all.find((each) => each.state === state) ?? null
}

function pendingIn(value: unknown): readonly Pending[] {
  return PENDING.safeParse(value).data ?? []
}

export function setFlash({ session }: FastifyRequest, flash: Flash): void {
  session.set('flash', flash)
}

/** Takes the banner that an action left; null if there is none. */
export function takeFlash({ session }: FastifyRequest): Flash | null {
  const flash = FLASH.safeParse(session.get('flash'))
  if (!flash.success) return null
  session.set('flash', undefined)
  return flash.data
}

export function keepDraft({ session }: FastifyRequest, { path, why }: Draft): void {
  // Without a character that was cut in two.
  const kept = Buffer.from(why)
    .subarray(0, LONGEST_DRAFT)
    .toString()
    .replace(/\uFFFD+$/, '')
  session.set('draft', { path, why: kept })
}

/** Takes the reason that was typed into the form at this path before the session ended; null if there is none. */
export function takeDraft({ session }: FastifyRequest, path: string): string | null {
  const draft = DRAFT.safeParse(session.get('draft'))
  if (draft.data?.path !== path) return null
  session.set('draft', undefined)
  return draft.data.why
}
