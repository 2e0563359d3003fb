import type * as z from 'zod'
import type { Admin } from '../../config/admins-file.ts'
import type { DesignatedBodies } from '../../domain/designated-bodies.ts'
import type { ADMIN, BODY } from './answers.ts'

export type BodyView = z.infer<typeof BODY>
export type AdminView = z.infer<typeof ADMIN>

/** Designated bodies as both clients show them. The configured table has no names: the first owner and its initials stand in. */
export function bodyViews(bodies: DesignatedBodies): readonly BodyView[] {
  return bodies.map(({ code, owners: [name = code] }, index) => ({
    id: index + 1,
    dbc: code,
    name,
    abbr: initials(name),
    status: 'CURRENT',
  }))
}

export function adminViews(admins: readonly Admin[]): readonly AdminView[] {
  return admins.map(({ firstName, lastName, emailAddress }) => ({
    firstName,
    lastName,
    name: `${firstName} ${lastName}`,
    emailAddress,
  }))
}

function initials(name: string): string {
  return (name.match(/\p{Lu}/gu) ?? []).join('')
}
