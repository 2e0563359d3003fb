import { daysBetween } from './day.ts'
import type { LikenessFinding, LikenessSettings } from './likeness.ts'
import type { Scale } from './likeness-counts.ts'
import { DAY_FIELDS, type DayField, type DaySpread, type Profile } from './profile.ts'

/** The days of a field in both profiles; null if too few rows have one to judge. */
function spreadsOf(
  field: DayField,
  now: Profile,
  before: Profile,
  { floor }: Scale,
): { readonly was: DaySpread; readonly is: DaySpread } | null {
  const [was, is] = [before.days[field], now.days[field]]
  if (was === null || is === null || before.fields[field] < floor || now.fields[field] < floor) return null
  return { was, is }
}

/**
 * A newest `lastUpdatedDate` older than live's points to an old export, and holds back. If the median is newer, only the
 * few newest doctors left or a future date was corrected: a warning.
 */
export function newestFinding(now: Profile, before: Profile, scale: Scale): LikenessFinding | null {
  const spreads = spreadsOf('lastUpdatedDate', now, before, scale)
  if (spreads === null || spreads.is.last >= spreads.was.last) return null
  const { was, is } = spreads
  const verdict = is.median > was.median ? 'warned' : 'held back'
  const why = `${inWords(daysBetween(is.last, was.last))} older`
  return { figure: 'newest lastUpdatedDate', before: was.last, now: is.last, verdict, why }
}

/** Medians that moved far, and first or last days far outside the earlier range: warnings, since planning moves dates too. */
export function dayFindings(
  now: Profile,
  before: Profile,
  { medianDays, reachDays }: LikenessSettings,
  scale: Scale,
): LikenessFinding[] {
  return DAY_FIELDS.flatMap((field) => {
    const spreads = spreadsOf(field, now, before, scale)
    if (spreads === null) return []
    const { was, is } = spreads
    const warn = (which: keyof DaySpread, name: string, isFar: (days: number) => boolean): LikenessFinding[] => {
      const days = daysBetween(was[which], is[which])
      if (!isFar(days)) return []
      const why = `${inWords(Math.abs(days))} ${days < 0 ? 'earlier' : 'later'}`
      return [{ figure: `${name} ${field}`, before: was[which], now: is[which], verdict: 'warned', why }]
    }
    return [
      // A later median is what a run is for: all doctors were read again.
      ...warn('median', 'median', (days) => (field === 'lastUpdatedDate' ? -days : Math.abs(days)) >= medianDays),
      ...warn('first', 'earliest', (days) => days <= -reachDays),
      ...warn('last', 'latest', (days) => days >= reachDays),
    ]
  })
}

function inWords(days: number): string {
  if (days === 1) return '1 day'
  return days < 2 * 365 ? `${days} days` : `${Math.round(days / 365.25)} years`
}
