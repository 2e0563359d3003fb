import type { Access } from '../routes.ts'

/** What a caller may do. `admin`: the lists of their bodies; `support`: read everything; `operator`: also change something. */
export const ROLES = ['admin', 'support', 'operator'] as const
export type CallerRole = (typeof ROLES)[number]

/** Who sent a request. */
export interface Caller {
  /** The subject of the token, or what stands for it; null if no sign-in is configured. Records name it. */
  readonly subject: string | null
  /** Empty for a token without a role of this system. */
  readonly roles: readonly CallerRole[]
  /** The designated bodies whose rows the caller may see; null for all. */
  readonly bodies: readonly string[] | null
}

const MAY: Readonly<Record<Access, readonly CallerRole[]>> = {
  everyone: ROLES,
  lists: ROLES,
  support: ['support', 'operator'],
  operator: ['operator'],
}

/** Whether the caller's roles allow it. */
export function may({ roles }: Pick<Caller, 'roles'>, access: Access): boolean {
  return access === 'everyone' || roles.some((role) => MAY[access].includes(role))
}

/** Without configured sign-in, the server listens on loopback only and every caller is an operator. */
export const ANYONE_HERE: Caller = { subject: null, roles: ['operator'], bodies: null }

/** A machine with the operator token. */
export const TOKEN_HOLDER: Caller = { subject: 'operator token', roles: ['operator'], bodies: null }

/** The roles of this system by their names in tokens. */
const NAMED: ReadonlyMap<string, CallerRole> = new Map([
  ['RevalAdmin', 'admin'],
  ['RevalApprover', 'admin'],
  ['reval-support', 'support'],
  ['reval-operator', 'operator'],
])
/** A token with more is not one of ours; a row of the lists has a body of at most 20 characters. */
const MOST_ITEMS = 1_000

/** The caller that the claims of a verified token describe. Roles of other systems are ignored. */
export function callerFrom(subject: string, claims: { readonly roles: unknown; readonly bodies: unknown }): Caller {
  const named = itemsOf(claims.roles).map((name) => NAMED.get(name))
  const roles = ROLES.filter((role) => named.includes(role))
  const seesAll = roles.includes('support') || roles.includes('operator')
  return { subject, roles, bodies: seesAll ? null : itemsOf(claims.bodies) }
}

/** A claim with several values: a list of texts, or one text with commas or spaces. Anything else has none. */
function itemsOf(claim: unknown): readonly string[] {
  const items: readonly unknown[] =
    typeof claim === 'string' ? claim.split(/[\s,]+/) : Array.isArray(claim) ? claim : []
  return items.filter((item) => typeof item === 'string' && item !== '').slice(0, MOST_ITEMS) as string[]
}
