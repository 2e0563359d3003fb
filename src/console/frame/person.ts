import { ANYONE_HERE, may, type Caller, type CallerRole } from '../../app/http/access/caller.ts'
import type { Access } from '../../app/http/routes.ts'

/** Who uses the console. */
export interface Person {
  /** Null without a sign-in. */
  readonly subject: string | null
  /** As the provider has it; the subject if it has none. */
  readonly name: string
  readonly roles: readonly CallerRole[]
}

/** Everybody on this machine, if no sign-in is configured. */
export const LOCAL: Person = { subject: null, name: 'local', roles: ANYONE_HERE.roles }

/** The person as the access checks and the audit log see them. Support and operators see all bodies. */
export function callerOf({ subject, roles }: Person): Caller {
  return { subject, roles, bodies: null }
}

export function personMay(person: Person, access: Access): boolean {
  return may(person, access)
}

/** As records name the person who asked for something. */
export function inRecords({ subject, name }: Person): string {
  return subject === null ? 'anyone on this machine, console' : `${name}, console`
}
