import { FIELDS } from './fields.ts'
import { byGravity, judgeCount, type Bounds, type Scale } from './likeness-counts.ts'
import { dayFindings, newestFinding } from './likeness-days.ts'
import { bodyFindings, codeFindings } from './likeness-values.ts'
import { INDEX_NAMES } from './lists.ts'
import type { Profile } from './profile.ts'

/** A figure of a generation that is not like the one it was compared with. */
export interface LikenessFinding {
  /** Such as `rows of connectedindex`, `rows with designatedBody`, `rows of body 1-1RSSQ05`, `newest lastUpdatedDate`. */
  readonly figure: string
  /** A number of rows, or a day. */
  readonly before: number | string
  readonly now: number | string
  readonly verdict: 'held back' | 'warned'
  /** Why, in words: `94 % fewer`, `fell to zero`, `re-coded as 1-XYZ`. */
  readonly why: string
}

/** How far two generations may differ. Shares are numbers, of the figure before: 0.1 is a tenth. */
export interface LikenessSettings {
  /** Nothing is judged that changed by fewer rows than this, … */
  readonly fewestRows: number
  /** … or by a smaller share of the master rows before. */
  readonly fewestShare: number
  /** From this share on, fewer master, connected, disconnected or joined rows hold a generation back. */
  readonly shrink: number
  /** The same for more of them. */
  readonly grow: number
  /** From this share on, fewer rows with a value in a field, or of a GMC body, hold it back. */
  readonly lose: number
  /** From this share on, more or fewer rows of anything are warned of. */
  readonly warn: number
  /** A code took the place of another when their rows differ by no more than this share. */
  readonly recoded: number
  /** A status or type that falls to zero holds back only where it had this share of the rows with the field. */
  readonly common: number
  /** From so many days on, a median that moved is warned of. */
  readonly medianDays: number
  /** From so many days on, an earliest day that is earlier, or a latest that is later, is warned of. */
  readonly reachDays: number
}

/** A year's shift is still found where medians are off by a per cent of ranks; ten years are no ordinary plan. */
export const DEFAULT_LIKENESS: LikenessSettings = {
  fewestRows: 20,
  fewestShare: 0.005,
  shrink: 0.1,
  grow: 0.25,
  lose: 0.5,
  warn: 0.1,
  recoded: 0.1,
  common: 0.1,
  medianDays: 300,
  reachDays: 3_653,
}

/**
 * What of a generation is not like the one that went live before it: what holds back first, and the gravest first in
 * either group. Source: design, "Checking"; docs/checks.md says what comes of which broken export.
 *
 * Nothing below max(`fewestRows`, `fewestShare` of the master rows before) is judged. Of a number of rows that is: it
 * changed by at least so many rows, so a body with 8 doctors may vanish; an increase holds back only where the
 * figure before had so many rows too, and is warned of otherwise. Of a date: so many rows have it, before and now.
 * Nothing at all is judged where there were fewer master rows than that: twelve doctors may change freely.
 */
export function unlikenesses(
  now: Profile,
  earlier: Profile,
  settings: LikenessSettings = DEFAULT_LIKENESS,
): LikenessFinding[] {
  const before = withNewFields(earlier, now)
  const rows = before.indexes.masterdoctorindex
  const scale: Scale = { floor: Math.max(settings.fewestRows, settings.fewestShare * rows), warn: settings.warn }
  if (rows < scale.floor) return []
  const findings = [
    gravestFirst(rowFindings(now, before, settings, scale)),
    newestFinding(now, before, scale) ?? [],
    gravestFirst(fieldFindings(now, before, settings, scale)),
    gravestFirst(listFindings(now, before, scale)),
    gravestFirst(bodyFindings(now, before, settings, scale)),
    gravestFirst(codeFindings(now, before, settings, scale)),
    dayFindings(now, before, settings, scale),
  ].flat()
  const heldBack = findings.filter(({ verdict }) => verdict === 'held back')
  return [...heldBack, ...findings.filter(({ verdict }) => verdict !== 'held back')]
}

/** The profile that an older version made knows nothing of fields that are new since: they are taken to be as now. */
function withNewFields(before: Profile, now: Profile): Profile {
  return {
    ...before,
    fields: { ...now.fields, ...before.fields },
    codes: { ...now.codes, ...before.codes },
    days: { ...now.days, ...before.days },
  }
}

/**
 * The same of the rows of each index alone, for a first run: before it are indexes of these names that somebody else
 * made. An index that is missing there is compared with nothing.
 */
export function unlikeCounts(
  now: Profile['indexes'],
  before: Partial<Profile['indexes']>,
  settings: LikenessSettings = DEFAULT_LIKENESS,
): LikenessFinding[] {
  const rows = before.masterdoctorindex ?? Math.max(0, ...Object.values(before))
  const scale: Scale = { floor: Math.max(settings.fewestRows, settings.fewestShare * rows), warn: settings.warn }
  const bounds: Bounds = { less: settings.shrink, more: settings.grow, zero: 'held back' }
  return gravestFirst(
    INDEX_NAMES.flatMap((name) => {
      const was = before[name]
      return was === undefined ? [] : (judgeCount(`rows of ${name}`, was, now[name], bounds, scale) ?? [])
    }),
  )
}

/**
 * Why findings hold a generation back, for a person: the gravest, and how many more do. Null where none does.
 * The findings come in the order of `unlikenesses`.
 */
export function refusalOfFindings(findings: readonly LikenessFinding[]): string | null {
  const [gravest, ...others] = findings.filter(({ verdict }) => verdict === 'held back')
  if (gravest === undefined) return null
  const { figure, before, now, why } = gravest
  const rest = others.length === 0 ? '' : `; and ${others.length} other ${others.length === 1 ? 'figure' : 'figures'}`
  return `differs from the live run: ${figure}: ${why} (before ${before}, now ${now})${rest}`
}

type Found = LikenessFinding | null

function present(findings: readonly Found[]): LikenessFinding[] {
  return findings.filter((finding) => finding !== null)
}

function gravestFirst(findings: readonly LikenessFinding[]): LikenessFinding[] {
  return findings.toSorted(byGravity)
}

function rowFindings(now: Profile, before: Profile, settings: LikenessSettings, scale: Scale): LikenessFinding[] {
  const bounds: Bounds = { less: settings.shrink, more: settings.grow, zero: 'held back' }
  const names = ['masterdoctorindex', 'recommendationindex', 'connectedindex', 'disconnectedindex'] as const
  const ofIndexes = names
    // The recommendation index has every master row; only where a Java service wrote it may it not.
    .filter((name) => name !== 'recommendationindex' || !sameAsMaster(now) || !sameAsMaster(before))
    .map((name) => judgeCount(`rows of ${name}`, before.indexes[name], now.indexes[name], bounds, scale))
  return present([...ofIndexes, judgeCount('joined rows', before.joined, now.joined, bounds, scale)])
}

function sameAsMaster({ indexes }: Profile): boolean {
  return indexes.recommendationindex === indexes.masterdoctorindex
}

function fieldFindings(now: Profile, before: Profile, settings: LikenessSettings, scale: Scale): LikenessFinding[] {
  const bounds: Bounds = { less: settings.lose, more: Infinity, zero: 'held back' }
  // Every row has a connection status, which the indexes tell; reasons come and go, see `listFindings`.
  const fields = FIELDS.filter((field) => field !== 'connectionStatus' && field !== 'exceptionReason')
  return present(
    fields.map((field) => judgeCount(`rows with ${field}`, before.fields[field], now.fields[field], bounds, scale)),
  )
}

/**
 * Figures that halve and double on ordinary days: exceptions are dealt with, doctors become trainees. Only when
 * nothing is left does that hold back: a source was empty, rather than every case closed between two runs.
 */
function listFindings(now: Profile, before: Profile, scale: Scale): LikenessFinding[] {
  const bounds: Bounds = { less: Infinity, more: Infinity, zero: 'held back' }
  const exceptions = [before.indexes.exceptionindex, now.indexes.exceptionindex] as const
  return present([
    judgeCount('rows of exceptionindex', ...exceptions, bounds, scale),
    judgeCount('rows with a reason', before.withReason, now.withReason, bounds, scale),
    judgeCount('rows without a trainee', before.withoutTrainee, now.withoutTrainee, bounds, scale),
  ])
}
