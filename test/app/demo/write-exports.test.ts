import assert from 'node:assert/strict'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFillableSources } from '../../../src/adapters/sources/sqlite/fillable-sources.ts'
import { writeExports } from '../../../src/app/demo/write-exports.ts'
import { loadExports } from '../../../src/app/loading/load-exports.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { SourceTable } from '../../../src/ports/source-filling.ts'
import { readExportFolder } from './export-folder.ts'
import { generated } from './tables.ts'
import { temporaryFolder } from './temporary-folder.ts'

const sample = join(import.meta.dirname, '../../fixtures/sample')
const options = { doctors: 1_250, seed: 31 }

const hasCode = (code: string) => (error: unknown) => error instanceof RevalError && error.code === code

/** The fields that occur in a file of JSON lines, and those that occur as an explicit null. */
async function fieldsIn(file: string): Promise<{ fields: string[]; nulls: string[] }> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const entries = lines.flatMap((line) => Object.entries(JSON.parse(line) as Record<string, unknown>))
  const named = (holds: (value: unknown) => boolean): string[] =>
    [...new Set(entries.filter(([, value]) => holds(value)).map(([name]) => name))].sort()
  return { fields: named(() => true), nulls: named((value) => value === null) }
}

test('the files hold the generated rows, field for field', async (context) => {
  const folder = await temporaryFolder(context)
  const tables = generated(options)
  const counts = await writeExports(folder, options)
  assert.deepEqual(readExportFolder(folder), tables)
  for (const table of Object.keys(tables) as SourceTable[]) assert.equal(counts[table], tables[table].length, table)
})

test('the files have the names, columns and fields of the sample, explicit nulls included', async (context) => {
  const folder = await temporaryFolder(context)
  await writeExports(folder, options)
  for (const part of ['tcs', 'gmc', 'connection']) {
    const files = await readdir(join(sample, part))
    // The sample is of a TCS without placements.
    const written = (await readdir(join(folder, part))).filter((file) => file !== 'Placement.csv')
    assert.deepEqual(written.sort(), files.sort())
    for (const file of files) {
      if (file.endsWith('.csv')) {
        const header = async (root: string) =>
          (await readFile(join(root, part, file), 'utf8')).split('\n', 1)[0]?.split(',').sort()
        assert.deepEqual(await header(folder), await header(sample))
      } else {
        assert.deepEqual(await fieldsIn(join(folder, part, file)), await fieldsIn(join(sample, part, file)), file)
      }
    }
  }
})

test('what is written can be loaded', async (context) => {
  const folder = await temporaryFolder(context)
  const written = await writeExports(join(folder, 'exports'), options)
  const { loaded } = await loadExports(
    join(folder, 'exports'),
    openFillableSources({ directory: join(folder, 'data') }),
  )
  assert.deepEqual(loaded, written)
})

test('files of an earlier export are replaced, also by empty ones', async (context) => {
  const folder = await temporaryFolder(context)
  await writeExports(folder, options)
  const small = { doctors: 1, seed: 1 }
  await writeExports(folder, small)
  assert.deepEqual(readExportFolder(folder), generated(small))
})

test('an impossible folder is refused with its path', async (context) => {
  const folder = join(await temporaryFolder(context), 'a-file')
  await writeFile(folder, '')
  await assert.rejects(writeExports(folder, options), hasCode('DATA_DIR_UNUSABLE'))
})

test('an interrupt ends it with its own reason', async (context) => {
  const folder = await temporaryFolder(context)
  const reason = new Error('stopped by the operator')
  await assert.rejects(writeExports(folder, options, AbortSignal.abort(reason)), reason)
})
