import type { FastifyReply } from 'fastify'
import { sendCsv } from '../../../app/http/csv-download.ts'
import { read } from '../../../app/http/requests.ts'
import { csvLines } from '../../../app/lists/list-csv.ts'
import { isDay } from '../../../domain/day.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { FieldError } from '../../frame/page.ts'
import { AUDIT_QUERY, type AuditAddress } from './audit-address.ts'
import { AUDIT_COLUMNS, auditForm, auditModel, auditRow } from './model.ts'
import { matchingEntries, readAudit } from './read-audit.ts'

/** Who did what, when, and how it ended. */
export function addAuditPages({ page, server, worker: { context } }: ConsoleScope): void {
  const { ledger } = context
  const shared = { heading: 'Audit', template: 'audit', section: 'Audit' } as const

  page('/audit', async (visit) => {
    const address = visit.query(AUDIT_QUERY)
    const errors = dayErrors(address)
    if (errors.length > 0) return { ...shared, model: auditForm(address), errors, status: 400 }
    return { ...shared, model: auditModel(address, await readAudit(ledger, address)) }
  })

  server.get('/audit/download', async (request, reply): Promise<FastifyReply> => {
    const address = read(AUDIT_QUERY, request.query)
    const [error] = dayErrors(address)
    if (error !== undefined) throw new RevalError('USAGE', `${error.field}: ${error.text}`)
    const lines = request.method === 'HEAD' ? [] : csvLines(AUDIT_COLUMNS, matchingEntries(ledger, address), auditRow)
    return sendCsv(request, reply, 'audit', lines)
  })
}

function dayErrors({ from, to }: AuditAddress): readonly FieldError[] {
  const errors = Object.entries({ from, to }).flatMap(([field, day]): FieldError[] =>
    day === '' || isDay(day) ? [] : [{ field, text: `The day ${FIELDS[field] ?? field} must be a real day` }],
  )
  if (errors.length > 0 || from === '' || to === '' || from <= to) return errors
  return [{ field: 'to', text: 'The day “to” must be the same as the day “from”, or later' }]
}

const FIELDS: Readonly<Record<string, string>> = { from: '“from”', to: '“to”' }
