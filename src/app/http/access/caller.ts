import type { Access } from '../routes.ts'

/**
 * What a caller may do. `metrics`: only read metrics; `admin`: the lists of their bodies; `support`: read everything; `operator`:
 * also change something.
 */
export const ROLES = ['metrics', 'admin', 'support', 'operator'] as const
export type CallerRole = (typeof ROLES)[number]

/** Who sent a request. */
export interface Caller {
  /** `sub` of the token, `operator token` or `metrics token`; null if no sign-in is configured. Records name it. */
  readonly subject: string | null
  /** Empty for a token without a role of this system. */
  readonly roles: readonly CallerRole[]
  /** The designated bodies whose rows the caller may see; null for all. */
  readonly bodies: readonly string[] | null
}

const MAY: Readonly<Record<Access, readonly CallerRole[]>> = {
  everyone: ROLES,
  metrics: ['metrics', 'support', 'operator'],
  lists: ['admin', 'support', 'operator'],
  support: ['support', 'operator'],
  operator: ['operator'],
}

/** Whether the caller's roles allow this access. */
export function may({ roles }: Pick<Caller, 'roles'>, access: Access): boolean {
  return access === 'everyone' || roles.some((role) => MAY[access].includes(role))
}

/** Without configured sign-in, the server listens on loopback only and every caller is an operator. */
export const ANYONE_HERE: Caller = { subject: null, roles: ['operator'], bodies: null }

/** A machine with the operator token. */
export const TOKEN_HOLDER: Caller = { subject: 'operator token', roles: ['operator'], bodies: null }

/** A machine with the metrics token. */
export const METRICS_READER: Caller = { subject: 'metrics token', roles: ['metrics'], bodies: [] }

/** The roles of this system by their names in tokens. */
const NAMED: ReadonlyMap<string, CallerRole> = new Map([
  ['RevalAdmin', 'admin'],
  ['RevalApprover', 'admin'],
  ['reval-support', 'support'],
  ['reval-operator', 'operator'],
])
/** More than any of our tokens has. */
const MOST_ITEMS = 1_000

/** The caller described by the claims of a verified token. Roles of other systems are ignored. */
export function callerFrom(subject: string, claims: { readonly roles: unknown; readonly bodies: unknown }): Caller {
  const named = itemsOf(claims.roles).map((name) => NAMED.get(name))
  const roles = ROLES.filter((role) => named.includes(role))
  const seesAll = roles.includes('support') || roles.includes('operator')
  return { subject, roles, bodies: seesAll ? null : itemsOf(claims.bodies) }
}

/** The values of a claim: a list of texts, or one text with commas or spaces. Anything else has no values. */
function itemsOf(claim: unknown): readonly string[] {
  const items: readonly unknown[] =
    typeof claim === 'string' ? claim.split(/[\s,]+/) : Array.isArray(claim) ? claim : []
  return items.filter((item) => typeof item === 'string' && item !== '').slice(0, MOST_ITEMS) as string[]
}
