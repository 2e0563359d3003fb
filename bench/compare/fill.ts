import { openIndexStore } from '../../src/adapters/index-store/sqlite/open.ts'
import { ASSEMBLE_VERSION } from '../../src/domain/assemble.ts'
import type { Row } from '../../src/domain/row.ts'
import { openStore } from './open-store.ts'

/**
 * Program: fill.ts <data directory> <place>
 *
 * Copies the live rows of a data directory into four generations of a store, in the order of ids: `base`, `equal`, and two in
 * which a hundredth of the rows and all of them differ in one field.
 */
const [, , from = '', place = ''] = process.argv

function altered({ id, parts }: Row): Row {
  const { doctor, trainee } = parts
  if (doctor !== null) return { id, parts: { ...parts, doctor: { ...doctor, admin: 'another@example.nhs.uk' } } }
  return { id, parts: { ...parts, trainee: trainee && { ...trainee, programmeName: 'Another' } } }
}

const GENERATIONS: Readonly<Record<string, (row: Row, at: number) => Row>> = {
  base: (row) => row,
  equal: (row) => row,
  hundredth: (row, at) => (at % 100 === 0 ? altered(row) : row),
  all: altered,
}

const base = await openIndexStore({ directory: from, readOnly: true })
const store = await openStore(place, false)
const live = (await base.liveAliases())?.masterdoctorindex
if (live === undefined) throw new Error('nothing is live')
for (const id of Object.keys(GENERATIONS)) {
  await store.createGeneration({ id, createdAt: Date.now(), assembleVersion: ASSEMBLE_VERSION })
}
let at = 0
for await (const batch of base.rows(live)) {
  const rows = batch.map((scanned) => scanned.read().row)
  for (const [id, variant] of Object.entries(GENERATIONS)) {
    const outcomes = await store.write(
      id,
      rows.map((row, index) => ({ op: 'create', row: variant(row, at + index) })),
    )
    if (outcomes.some(({ status }) => status !== 'written')) throw new Error(`a row of ${id} was not written`)
  }
  at += rows.length
}
for (const id of Object.keys(GENERATIONS)) await store.makeVisible(id)
await store.close()
await base.close()
