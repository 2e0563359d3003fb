import { NOT_KNOWN } from './numbers.ts'

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const
const ONE_DECIMAL = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })
const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** `1.2 GB`, in powers of 1,000; from ten on without a decimal. Null is not known. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOT_KNOWN
  let [amount, unit] = [value, 0]
  // What rounds to 1,000 belongs to the next unit.
  for (; amount >= 999.5 && unit < UNITS.length - 1; unit += 1) amount /= 1_000
  return `${(unit === 0 || amount >= 10 ? WHOLE : ONE_DECIMAL).format(amount)} ${UNITS[unit] ?? ''}`
}
