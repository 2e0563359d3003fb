export const whole = (value: number) => Math.round(value).toLocaleString('en-GB')
export const tenth = (value: number) => value.toFixed(1)
export const hundredth = (value: number) => value.toFixed(2)

export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  for (const row of rows) {
    console.log(
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
    )
  }
}
