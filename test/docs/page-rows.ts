/** The cells of a row of a table in a page, without padding. */
export const cells = (...texts: readonly string[]): string => `| ${texts.join(' | ')} |`

/** The rows of the first table in a piece of a page, without its header and padding. */
export function rowsOfTable(page: string): string[] {
  const [, , ...rows] = (/^\|.*(?:\n\|.*)*/m.exec(page)?.[0] ?? '').split('\n')
  return rows.map((row) =>
    cells(
      ...row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  )
}
