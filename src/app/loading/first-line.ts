/** The first line of a text that is not blank, without its line end, and its number from 1; null if there is none. */
export function firstLine(text: string): { readonly line: number; readonly text: string | null } {
  const lines = text.split('\n')
  const at = lines.findIndex((each) => each.trim() !== '')
  return at < 0 ? { line: 1, text: null } : { line: at + 1, text: lines[at]?.replace(/\r$/, '') ?? null }
}
