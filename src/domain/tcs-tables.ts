import { unrolledObject } from './unrolled.ts'

/**
 * What a column of TCS holds. `key`: the id of its row; `parent`: the id of the row that it belongs to; `reference`: the
 * id of another row, or none; `uuidKey` and `uuid`: the same as text, compared without regard to case; `number`, `text`
 * and `day`: what the rules are given, as text.
 */
type ColumnKind = 'key' | 'parent' | 'reference' | 'uuidKey' | 'uuid' | 'number' | 'text' | 'day'
/** An `unread` column is in exports but no rule uses it; a database may lack it. */
type Column = ColumnKind | `unread ${ColumnKind}`

/**
 * The tables of TCS and their columns, parents first. Source: docs/rules.md, "A trainee, from TCS".
 */
export const TCS_TABLES = {
  ContactDetails: { id: 'key', surname: 'text', forenames: 'text' },
  GmcDetails: { id: 'key', gmcNumber: 'text' },
  Person: { id: 'key', role: 'text' },
  Programme: { id: 'key', programmeName: 'text', owner: 'text', programmeNumber: 'unread text' },
  ProgrammeMembership: {
    uuid: 'uuidKey',
    personId: 'parent',
    programmeId: 'reference',
    programmeMembershipType: 'text',
    programmeStartDate: 'day',
    programmeEndDate: 'day',
  },
  CurriculumMembership: {
    id: 'unread key',
    programmeMembershipUuid: 'uuid',
    personId: 'unread reference',
    curriculumId: 'unread reference',
    curriculumStartDate: 'unread day',
    curriculumEndDate: 'day',
  },
  Placement: { traineeId: 'reference', gradeId: 'number', dateFrom: 'day', dateTo: 'day' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Column>>>>

export type TcsTable = keyof typeof TCS_TABLES
type Columns<Table extends TcsTable> = (typeof TCS_TABLES)[Table]

/** Whether a TCS, or an export of one, may lack a table: it then counts as empty. */
export function isOptional(table: string): boolean {
  return table === 'Placement'
}

// The keys of the record above.
export const TCS_TABLE_NAMES = Object.keys(TCS_TABLES) as readonly TcsTable[]

type KindOf<C> = C extends `unread ${infer Kind}` ? Kind : C

type CellOf<Kind> = Kind extends 'key'
  ? number
  : Kind extends 'uuidKey'
    ? string
    : (Kind extends 'parent' | 'reference' | 'number' ? number : string) | null

/** A row of a table as it is stored; without a parent if that is null. */
export type TcsRow<Table extends TcsTable> = {
  readonly [Name in keyof Columns<Table>]: CellOf<KindOf<Columns<Table>[Name]>>
}

/** The columns of a row that the rules read, all as text. */
export type TcsValues<Table extends TcsTable> = {
  readonly [Name in RuleColumn<Table>]: string | null
}

type RuleColumn<Table extends TcsTable> = {
  [Name in keyof Columns<Table>]: Columns<Table>[Name] extends 'number' | 'text' | 'day' ? Name : never
}[keyof Columns<Table>] &
  string

interface ColumnOf {
  readonly name: string
  readonly kind: ColumnKind
  readonly isRead: boolean
}

/** The columns of a table in their order. */
export function columnsOf(table: TcsTable): readonly ColumnOf[] {
  return Object.entries<Column>(TCS_TABLES[table]).map(([name, column]) => {
    const isRead = !column.startsWith('unread ')
    // What is behind the first word is a kind.
    return { name, kind: (isRead ? column : column.slice('unread '.length)) as ColumnKind, isRead }
  })
}

/** The columns that are read from a database. */
export function readColumns(table: TcsTable): readonly string[] {
  return columnsOf(table).flatMap(({ name, isRead }) => (isRead ? name : []))
}

/** The columns that the rules read. */
export function ruleColumns(table: TcsTable): readonly ColumnOf[] {
  return columnsOf(table).filter(({ kind, isRead }) => isRead && ['number', 'text', 'day'].includes(kind))
}

type AllValues<Tables extends readonly TcsTable[]> = Tables extends readonly [
  infer First extends TcsTable,
  ...infer Rest extends readonly TcsTable[],
]
  ? TcsValues<First> & AllValues<Rest>
  : unknown

/** Reads what the rules are given of tables from a row in which their `ruleColumns` follow each other from `first` on. */
export function valuesReader<const Tables extends readonly TcsTable[]>(
  ...tables: Tables
): (cells: readonly (string | null)[], first: number) => AllValues<Tables> {
  const names = tables.flatMap(ruleColumns).map(({ name }) => name)
  // A function of this type: it sets each column.
  return unrolledObject(['cells', 'first'], names, (_, at) => `cells[first + ${at}]`) as ReturnType<
    typeof valuesReader<Tables>
  >
}
