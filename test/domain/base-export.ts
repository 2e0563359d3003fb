import type { DesignatedBodies } from '../../src/domain/designated-bodies.ts'
import { demoTables, withRows, type Tables } from './tables.ts'

/** A change of the sources between two runs. */
export interface Happening {
  readonly what: string
  readonly before: Tables
  readonly now: Tables
  /** Set if the mapping of owners to designated bodies changed as well. */
  readonly bodiesNow?: DesignatedBodies
}

/** Changes by their name in docs/checks.md. Tables alone mean that `BASE` became these. */
export type Happenings = Readonly<Record<string, Tables | Omit<Happening, 'what'>>>

export function happeningsOf(all: Happenings): Happening[] {
  return Object.entries(all).map(([what, it]) => ('now' in it ? { what, ...it } : { what, before: BASE, now: it }))
}

/** A day on which all current memberships of the demo are current. */
export const RUN_DAY = '2026-06-01'

/** Adds what the demo data lacks: numbers with a leading zero, several admins, a small designated body. */
function asInAPracticalInstallation(tables: Tables): Tables {
  const zeroed = <T extends string | null>(number: T): T => (number?.replace(/^1(?=\d{6})/, '0') ?? null) as T
  let changed = withRows(tables, 'GmcDetails', (row) => ({ ...row, gmcNumber: zeroed(row.gmcNumber) }))
  changed = withRows(changed, 'recommendation', (row) => ({ ...row, gmcNumber: zeroed(row.gmcNumber) }))
  changed = withRows(changed, 'exceptionLogs', (row) => ({ ...row, storedId: zeroed(row.storedId) }))
  return withRows(changed, 'doctorsForDB', (row, position) => ({
    ...row,
    storedId: zeroed(row.storedId),
    admin: row.admin === null ? null : `admin.${position % 12}@example.nhs.uk`,
    designatedBodyCode: position < 8 ? SMALL_BODY : row.designatedBodyCode,
  }))
}

export const SMALL_BODY = '1-SMALL'
export const BASE = asInAPracticalInstallation(demoTables(4_000))

export const doctors = (change: Parameters<typeof withRows<'doctorsForDB'>>[2]): Tables =>
  withRows(BASE, 'doctorsForDB', change)
export const contacts = (change: Parameters<typeof withRows<'ContactDetails'>>[2]): Tables =>
  withRows(BASE, 'ContactDetails', change)
export const details = (change: Parameters<typeof withRows<'GmcDetails'>>[2]): Tables =>
  withRows(BASE, 'GmcDetails', change)
export const memberships = (change: Parameters<typeof withRows<'ProgrammeMembership'>>[2]): Tables =>
  withRows(BASE, 'ProgrammeMembership', change)
