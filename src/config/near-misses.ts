/**
 * The known names that somebody who wrote `name` may have meant, nearest first: at most a third of the letters after
 * the prefix, which all have in common, are wrong, missing, too many or swapped.
 */
export function nearMisses(name: string, known: readonly string[], prefix: string): readonly string[] {
  const tolerance = Math.max(1, Math.floor((name.length - prefix.length) / 3))
  return known
    .map((each) => ({ each, distance: distanceBetween(name.toUpperCase(), each) }))
    .filter(({ distance }) => distance <= tolerance)
    .sort((a, b) => a.distance - b.distance)
    .map(({ each }) => each)
}

/** Levenshtein's distance with neighbours swapped as one step (optimal string alignment). */
function distanceBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Infinity
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i])
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const steps = [cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + (same ? 0 : 1)]
      rows[i]?.push(Math.min(...steps, swapped ? cell(i - 2, j - 2) + 1 : Infinity))
    }
  }
  return cell(a.length, b.length)
}
