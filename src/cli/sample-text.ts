import type { Finding } from '../ports/verification.ts'
import type { Sampled, SampleResult } from '../sync/verify/sample.ts'
import { count } from './output.ts'
import type { SampleDrawing } from './sample-job.ts'
import { findingLines } from './verify-text.ts'

/** What a check of random keys found, as text: `first` are its first findings. */
export function sampleLines(result: SampleResult, { seed }: SampleDrawing, first: readonly Finding[]): string[] {
  const { live, day, rows, persons, documents, differences, settled } = result
  const of = ({ checked, of: all }: Sampled) => `${count(checked)} of ${count(all)}`
  const differ = `${count(differences.length)} ${differences.length === 1 ? 'row differs' : 'rows differ'}`
  return [
    `Checked ${of(rows)} rows, ${of(persons)} persons of TCS and ${of(documents)} GMC documents, seed ${seed}: ${differences.length === 0 ? 'nothing differs' : differ}.`,
    `live: run ${live.run}, day ${day}`,
    ...(settled === 0 ? [] : [`${count(settled)} differed at first: their changes were on their way`]),
    ...(differences.length === 0 ? confidenceLines(rows) : [...findingLines(first, differences.length), ...NEXT]),
  ]
}

const NEXT = ['To repair these rows: reval resync <row> …. To check every row: reval verify.']

/** The share of wrong rows that a sample without any rules out, with a confidence of 95 %. */
function confidenceLines({ checked, of }: Sampled): string[] {
  if (checked === 0 || checked === of) return []
  const most = Math.ceil((1 - 0.05 ** (1 / checked)) * of)
  return [
    `With 95 % confidence, fewer than ${count(most)} of the ${count(of)} rows are wrong. To check every row: reval verify`,
  ]
}
