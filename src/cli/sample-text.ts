import type { Finding } from '../ports/verification.ts'
import type { Sampled, SampleResult } from '../sync/verify/sample.ts'
import { count } from './output.ts'
import type { SampleDrawing } from './sample-job.ts'
import { findingLines, tableLines } from './verify-text.ts'

/** What a check of random keys found, as text: `first` are its first findings. */
export function sampleLines(result: SampleResult, { seed }: SampleDrawing, first: readonly Finding[]): string[] {
  const { live, day, rows, persons, documents, differences, tables, settled } = result
  const all = differences.length + (tables?.length ?? 0)
  const of = ({ checked, of: all }: Sampled) => `${count(checked)} of ${count(all)}`
  const differ = `${count(all)} ${all === 1 ? 'row differs' : 'rows differ'}`
  return [
    `Checked ${of(rows)} rows, ${of(persons)} persons of TCS and ${of(documents)} GMC documents, seed ${seed}: ${all === 0 ? 'nothing differs' : differ}.`,
    `live: run ${live.run}, day ${day}`,
    ...(tables === null ? [] : tableLines(tables.length)),
    ...(settled === 0 ? [] : [`${count(settled)} differed at first: their changes were on their way`]),
    ...(all === 0 ? confidenceLines(rows) : [...findingLines(first, all), ...nextLines(tables !== null)]),
  ]
}

function nextLines(hasTables: boolean): string[] {
  return [
    'To repair these rows: reval resync <row> …. To check every row: reval verify.',
    ...(hasTables ? ['To repair all rows of tables, whatever their ids: reval verify --repair --rows.'] : []),
  ]
}

/** The share of wrong rows that a sample without any rules out, with a confidence of 95 %. */
function confidenceLines({ checked, of }: Sampled): string[] {
  if (checked === 0 || checked === of) return []
  const most = Math.ceil((1 - 0.05 ** (1 / checked)) * of)
  return [
    `With 95 % confidence, fewer than ${count(most)} of the ${count(of)} rows are wrong. To check every row: reval verify`,
  ]
}
