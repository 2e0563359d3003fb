/** A GMC number: exactly seven digits. Any other text in its place is shown, and joins nothing. */
export type GmcNumber = string & { readonly gmcNumber: true }

const SEVEN_DIGITS = /^[0-9]{7}$/

/** The GMC number in a column, after trimming; null if it does not hold one. */
export function gmcNumber(text: string | null | undefined): GmcNumber | null {
  if (text === null || text === undefined) return null
  const trimmed = text.trim()
  return SEVEN_DIGITS.test(trimmed) ? (trimmed as GmcNumber) : null
}

/** What to show in place of a GMC number: trimmed, blank is null. */
export function shownNumber(text: string | null | undefined): string | null {
  const trimmed = (text ?? '').trim()
  return trimmed === '' ? null : trimmed
}
