/** What stands for a figure that is not known. Pages show it in grey. */
export const NOT_KNOWN = 'Not known'

const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })
const ONE_DECIMAL = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })

/** 12,345; null is not known. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? NOT_KNOWN : WHOLE.format(value)
}

/** `1 row`, `12,345 rows`, `Not known`. The plural is the noun with an s unless it is given. */
export function counted(value: number | null | undefined, noun: string, plural = `${noun}s`): string {
  const text = count(value)
  if (text === NOT_KNOWN) return text
  return `${text} ${text === '1' ? noun : plural}`
}

/** A difference between two counts: +12, −3, `no change`. */
export function difference(now: number | null | undefined, before: number | null | undefined): string {
  if (now === null || now === undefined || before === null || before === undefined) return NOT_KNOWN
  if (now === before) return 'no change'
  return now > before ? `+${count(now - before)}` : `−${count(before - now)}`
}

/**
 * How much of a whole is done, in whole percent: 100 only once all is done, 0 only while nothing is. Null if it is not known; nothing of
 * nothing is all of it.
 */
export function percentDone(part: number | null | undefined, whole: number | null | undefined): number | null {
  if (part === null || part === undefined || whole === null || whole === undefined) return null
  if (part >= whole) return 100
  if (part <= 0) return 0
  return Math.max(1, Math.floor((part / whole) * 100))
}

/** 62%, of `percentDone`. */
export function share(part: number | null | undefined, whole: number | null | undefined): string {
  const percent = percentDone(part, whole)
  return percent === null ? NOT_KNOWN : `${percent}%`
}

/** A fraction with one decimal: 0.122 is 12.2%. */
export function percent(fraction: number): string {
  return `${ONE_DECIMAL.format(fraction * 100)}%`
}

/** 8,278 a second; below ten with one decimal. */
export function rate(perSecond: number | null | undefined): string {
  if (perSecond === null || perSecond === undefined || !Number.isFinite(perSecond)) return NOT_KNOWN
  return `${(perSecond < 10 ? ONE_DECIMAL : WHOLE).format(perSecond)} a second`
}

/** Words in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
