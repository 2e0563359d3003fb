import { hash } from 'node:crypto'
import { ASSEMBLE_VERSION } from '../domain/assemble.ts'
import type { DoctorRow } from '../domain/doctor.ts'
import { DOCTORS, TRAINEES } from '../domain/records.ts'
import type { Trainee } from '../domain/trainee.ts'

// A digest covers the parts, not a body's bytes: a body may be written in several ways, and what counts is what its reader
// makes of it. Values are taken by position, so the order of an object's keys does not matter.

/** Digests of two versions differ for the same rows, and cannot be compared. */
const VERSION = String(ASSEMBLE_VERSION)
const DIGITS = 32
const FORM = /^(\d{1,9})-[0-9a-f]{32}$/

/** A digest of the trainees of one message, in their order: the version, a hyphen and 32 hexadecimal digits. */
export function digestOfTrainees(trainees: readonly Trainee[]): string {
  return digestOf(trainees.map(TRAINEES.valuesOf))
}

/** A digest of the doctors of one message with their outcomes, in their order, in the same form. */
export function digestOfDoctors(rows: readonly DoctorRow[]): string {
  return digestOf(rows.map(({ doctor, outcome }) => [...DOCTORS.valuesOf(doctor), outcome]))
}

/** Whether a text is a digest, and whether it can be compared with one made here. */
export function kindOfDigest(text: string): 'comparable' | 'of another version' | 'none' {
  const version = FORM.exec(text)?.[1]
  if (version === undefined) return 'none'
  return version === VERSION ? 'comparable' : 'of another version'
}

/** JSON text escapes half a surrogate pair, so no two values have the same bytes in UTF-8. */
function digestOf(rows: readonly (readonly unknown[])[]): string {
  return `${VERSION}-${hash('sha256', JSON.stringify(rows), 'hex').slice(0, DIGITS)}`
}
