import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvLines } from '../../../src/app/lists/list-csv.ts'

type Row = Readonly<Record<string, string | number | null>>

async function* batches(...rows: readonly Row[][]): AsyncGenerator<Row[]> {
  yield* rows
}

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  const pieces = await Array.fromAsync(lines)
  return pieces.join('')
}

test('names, then rows; nulls empty; quotes, commas and line ends quoted', async () => {
  const rows = batches([{ b: null, a: 1 }], [], [{ a: 'x,"y"', b: 'two\nlines' }])
  assert.equal(await textOf(csvLines(['a', 'b'], rows, (row) => row)), 'a,b\r\n1,\r\n"x,""y""","two\nlines"\r\n')
})

test('no rows: the names alone', async () => {
  assert.equal(await textOf(csvLines(['a', 'b'], batches(), (row) => row)), 'a,b\r\n')
})

test('a text that a spreadsheet would run is kept from it; a number is not touched', async () => {
  const rows = batches([
    { a: '=1+1' },
    { a: '+44' },
    { a: '-1' },
    { a: '@x' },
    { a: '=HYPERLINK("x")' },
    { a: -1 },
    { a: "O'Neil" },
  ])
  const text = await textOf(csvLines(['a'], rows, (row) => row))
  assert.deepEqual(text.split('\r\n').slice(1, -1), [
    "'=1+1",
    "'+44",
    "'-1",
    "'@x",
    `"'=HYPERLINK(""x"")"`,
    '-1',
    "O'Neil",
  ])
})
