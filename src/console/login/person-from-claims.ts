import { callerFrom } from '../../app/http/access/caller.ts'
import type { Person } from '../frame/person.ts'
import type { Claims } from './provider.ts'

const LONGEST_NAME = 100

/** The person an ID token describes, without the roles of other systems, and without those that may only read lists. */
export function personFrom(claims: Claims, rolesClaim: string): Person & { readonly subject: string } {
  const { roles } = callerFrom(claims.sub, { roles: claims[rolesClaim], bodies: [] })
  const named = [claims.name, claims.email, claims.preferred_username].find(
    (name): name is string => typeof name === 'string' && name.trim() !== '',
  )
  const name = (named ?? claims.sub).replace(/\p{C}/gu, '').trim().slice(0, LONGEST_NAME)
  return { subject: claims.sub, name: name === '' ? claims.sub : name, roles }
}
