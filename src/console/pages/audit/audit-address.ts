import * as z from 'zod'
import { textUpTo } from '../../../app/http/requests.ts'
import { AUDITED_ACTIONS } from './actions.ts'

const LONGEST_WHO = 256

export const AUDIT_QUERY = z.object({
  /** A part of who did it. */
  who: textUpTo(LONGEST_WHO).default(''),
  what: z.enum(['', ...AUDITED_ACTIONS.map(({ id }) => id)]).default(''),
  /** Days, inclusive; checked at their fields. */
  from: textUpTo(20).default(''),
  to: textUpTo(20).default(''),
  /** The id of the last entry of the page before. */
  before: textUpTo(200).default(''),
})

export type AuditAddress = z.infer<typeof AUDIT_QUERY>

/** The address with its defaults left out. */
export function auditHref(address: AuditAddress, path = ''): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(address)) if (value !== '') query.set(name, value)
  return `/console/audit${path}${query.size === 0 ? '' : `?${query.toString()}`}`
}
