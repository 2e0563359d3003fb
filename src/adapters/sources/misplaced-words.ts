/** What is said of a row that cannot stand beside the others; the same words on every backend. */

/** The key of a row is that of an earlier one. */
export function alreadyThere(value: string | number, firstLine: number): string {
  return `${shown(value)} is there already, on line ${firstLine}`
}

/** A row refers to what does not exist. */
export function noRowOf(target: string, value: string | number): string {
  return `${shown(value)} is no row of ${target}`
}

function shown(value: string | number): string {
  return typeof value === 'number' ? String(value) : `"${value.slice(0, 40)}"`
}
