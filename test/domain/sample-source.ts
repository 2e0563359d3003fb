import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { compareRecommendations, type Recommendation, type StoredDoctor } from '../../src/domain/doctor.ts'
import type { TcsMembership, TcsPerson } from '../../src/domain/trainee.ts'

const SAMPLE = new URL('../fixtures/sample/', import.meta.url)

type CsvRow = Readonly<Record<string, string>>
type Json = Readonly<Record<string, unknown>>

function table(name: string): CsvRow[] {
  // With `columns: true`, csv-parse returns one object of strings per line.
  return parse(readFileSync(new URL(`tcs/${name}.csv`, SAMPLE)), { columns: true, bom: true }) as unknown as CsvRow[]
}

export function linesOf(path: string): Json[] {
  const lines = readFileSync(new URL(path, SAMPLE), 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Json)
}

/** A CSV column; empty is NULL. */
function column(row: CsvRow | undefined, name: string): string | null {
  return row?.[name] === '' ? null : (row?.[name] ?? null)
}

/** The people in the sample's TCS tables. */
export function samplePersons(): TcsPerson[] {
  const byId = (rows: CsvRow[]) => new Map(rows.map((row) => [row.id, row]))
  const details = byId(table('GmcDetails'))
  const persons = byId(table('Person'))
  const programmes = byId(table('Programme'))
  const curricula = Map.groupBy(table('CurriculumMembership'), (row) => row.programmeMembershipUuid?.toLowerCase())
  const memberships = Map.groupBy(table('ProgrammeMembership'), (row) => row.personId)

  const membershipOf = (row: CsvRow): TcsMembership => {
    const programme = programmes.get(row.programmeId)
    return {
      programmeMembershipType: column(row, 'programmeMembershipType'),
      programmeStartDate: column(row, 'programmeStartDate'),
      programmeEndDate: column(row, 'programmeEndDate'),
      programme: programme
        ? { programmeName: column(programme, 'programmeName'), owner: column(programme, 'owner') }
        : null,
      curriculumEndDates: (curricula.get(row.uuid?.toLowerCase()) ?? []).map((each) =>
        column(each, 'curriculumEndDate'),
      ),
    }
  }
  return table('ContactDetails').map((row) => {
    const gmcDetails = details.get(row.id)
    return {
      personId: Number(row.id),
      surname: column(row, 'surname'),
      forenames: column(row, 'forenames'),
      role: column(persons.get(row.id), 'role'),
      gmcDetails: gmcDetails ? { gmcNumber: column(gmcDetails, 'gmcNumber') } : null,
      memberships: (memberships.get(row.id) ?? []).map(membershipOf),
      placements: [],
    }
  })
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function inner(value: unknown, name: string): string | null {
  return typeof value === 'object' && value !== null ? text((value as Json)[name]) : null
}

/** The recommendations in the sample, in the order of the file, by the doctor's `_id` as stored. */
export function sampleRecommendations(): Map<string, Recommendation[]> {
  const recommendations = Map.groupBy(linesOf('gmc/recommendation.jsonl'), (each) => text(each.gmcNumber) ?? '')
  return new Map(
    [...recommendations].map(([number, documents]) => [
      number,
      documents.map((each) => ({
        storedId: inner(each._id, '$oid') ?? '',
        outcome: text(each.outcome),
        actualSubmissionDate: inner(each.actualSubmissionDate, '$date'),
        gmcSubmissionDate: inner(each.gmcSubmissionDate, '$date'),
      })),
    ]),
  )
}

/** The doctors in the sample, each with its latest recommendation. */
export function sampleDoctors(): { stored: StoredDoctor; latest: Recommendation | null }[] {
  const recommendations = sampleRecommendations()
  return linesOf('gmc/doctorsForDB.jsonl').map((document) => ({
    stored: {
      storedId: text(document._id) ?? '',
      doctorFirstName: text(document.doctorFirstName),
      doctorLastName: text(document.doctorLastName),
      submissionDate: inner(document.submissionDate, '$date'),
      dateAdded: inner(document.dateAdded, '$date'),
      underNotice: text(document.underNotice),
      sanction: text(document.sanction),
      doctorStatus: text(document.doctorStatus),
      lastUpdatedDate: inner(document.lastUpdatedDate, '$date'),
      designatedBodyCode: text(document.designatedBodyCode),
      admin: text(document.admin),
      existsInGmc: typeof document.existsInGmc === 'boolean' ? document.existsInGmc : null,
    },
    latest: (recommendations.get(text(document._id) ?? '') ?? []).toSorted(compareRecommendations).at(-1) ?? null,
  }))
}

/** The exception reasons in the sample, as written, by `_id` as stored. */
export function sampleReasons(): { storedId: string; reason: string | null }[] {
  return linesOf('connection/exceptionLogs.jsonl').map((each) => ({
    storedId: text(each._id) ?? '',
    reason: text(each.errorMessage),
  }))
}
