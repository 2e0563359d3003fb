import { entryOf, FIELDS, type DOCTOR_FIELDS, type Field } from '../../../domain/fields.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import type { Parts } from '../../../domain/row.ts'
import type { StoredRow } from '../../../ports/index-store.ts'
import type { Cell, Table } from '../../components/table.ts'
import { FIELD_WORDS, valueInWords, type DoctorOnlyField } from '../../words/fields.ts'

type Value = string | number | boolean | null | undefined

const DOCTOR_ONLY: readonly DoctorOnlyField[] = ['dateAdded', 'sanction']

/** What the row shows, and what of it TCS and the GMC gave. */
export function valuesTable(
  { row: { parts }, document }: Pick<StoredRow, 'row' | 'document'>,
  bodies: DesignatedBodies,
): Table {
  return {
    caption: 'Values',
    isCaptionHidden: true,
    columns: [{ text: 'Field' }, { text: 'Shown' }, { text: 'TCS' }, { text: 'GMC' }, { text: 'Which one is shown' }],
    rows: [
      ...FIELDS.map((field) => cellsOf(field, document[field], parts, bodies)),
      ...DOCTOR_ONLY.map((field) => doctorOnly(field, parts, bodies)),
    ],
  }
}

function cellsOf(
  field: Field,
  shown: Value,
  { trainee, doctor, outcome, reason }: Parts,
  bodies: DesignatedBodies,
): readonly Cell[] {
  const entry = entryOf(field)
  const words = (value: Value): Cell => ({ text: valueInWords(field, value, bodies) })
  if (field === 'connectionStatus')
    return [{ text: FIELD_WORDS[field] }, words(shown), {}, {}, { text: 'Yes if there is a designated body' }]
  if (field === 'gmcStatus')
    return [{ text: FIELD_WORDS[field] }, words(shown), {}, words(outcome), { text: 'Of the latest recommendation' }]
  if (field === 'exceptionReason')
    return [
      { text: FIELD_WORDS[field] },
      words(shown),
      {},
      words(reason),
      { text: 'As written when a connection failed' },
    ]
  const fromTcs = entry.trainee === undefined ? undefined : (trainee?.[entry.trainee] ?? null)
  const source = field === 'gmcReferenceNumber' ? 'gmcReferenceNumber' : entry.doctor
  const fromGmc = source === undefined ? undefined : (doctor?.[source] ?? null)
  return [
    { text: FIELD_WORDS[field] },
    words(shown),
    fromTcs === undefined ? {} : words(fromTcs),
    fromGmc === undefined ? {} : words(fromGmc),
    { text: whoWins(fromTcs, fromGmc) },
  ]
}

/** Undefined for a source that never has the field. */
function whoWins(fromTcs: Value, fromGmc: Value): string {
  if (fromTcs === undefined) return 'Only the GMC has it'
  if (fromGmc === undefined) return 'Only TCS has it'
  if (fromGmc === null) return fromTcs === null ? '' : 'TCS: the GMC has none'
  if (fromTcs === null) return 'GMC: TCS has none'
  return fromTcs === fromGmc ? 'Both are the same' : 'GMC wins'
}

function doctorOnly(
  field: DoctorOnlyField & keyof typeof DOCTOR_FIELDS,
  { doctor }: Parts,
  bodies: DesignatedBodies,
): readonly Cell[] {
  const words = { text: valueInWords(field, doctor?.[field], bodies) }
  return [{ text: FIELD_WORDS[field] }, words, {}, words, { text: 'Only the GMC has it' }]
}
