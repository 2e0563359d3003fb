import { FIELDS } from './fields.ts'
import { bySeverity, judgeCount, type Bounds, type Scale } from './likeness-counts.ts'
import { dayFindings, newestFinding } from './likeness-days.ts'
import { bodyFindings, codeFindings } from './likeness-values.ts'
import { INDEX_NAMES } from './lists.ts'
import type { Profile } from './profile.ts'

/** A figure in which a generation differs from the one it was compared with. */
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
  /** A change of fewer rows than this is not judged, … */
  readonly fewestRows: number
  /** … nor one of a smaller share of the earlier master rows. */
  readonly fewestShare: number
  /** A loss of this share of master, connected, disconnected or joined rows holds a generation back. */
  readonly shrink: number
  /** The same for a gain. */
  readonly grow: number
  /** A loss of this share of the rows with a value in a field, or of a GMC body, holds it back. */
  readonly lose: number
  /** A change of this share in any number of rows is a warning. */
  readonly warn: number
  /** A code replaced another if their rows differ by no more than this share. */
  readonly recoded: number
  /** A status or type that falls to zero holds back only if it had this share of the rows with the field. */
  readonly common: number
  /** A median that moved by this many days is a warning. */
  readonly medianDays: number
  /** An earliest day earlier, or a latest day later, by this many days is a warning. */
  readonly reachDays: number
}

/** A shift of a year is found even if medians are off by one per cent of ranks; ten years is beyond ordinary planning. */
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
 * How a generation differs from the one that went live before it: what holds it back first, then warnings, the most
 * severe first in each group. docs/checks.md lists the outcome for each broken export.
 *
 * Nothing below max(`fewestRows`, `fewestShare` of the earlier master rows) is judged. For a number of rows, that is the
 * change, so a body with 8 doctors may vanish; a gain holds back only if the earlier figure had that many rows too, and is
 * a warning otherwise. For a date, that many rows must have it, before and now. With fewer master rows than that, nothing
 * is judged at all: twelve doctors may change freely.
 */
export function likenessFindings(
  now: Profile,
  earlier: Profile,
  settings: LikenessSettings = DEFAULT_LIKENESS,
): LikenessFinding[] {
  const before = withNewFields(earlier, now)
  const rows = before.indexes.masterdoctorindex
  const scale: Scale = { floor: Math.max(settings.fewestRows, settings.fewestShare * rows), warn: settings.warn }
  if (rows < scale.floor) return []
  const findings = [
    mostSevereFirst(rowFindings(now, before, settings, scale)),
    newestFinding(now, before, scale) ?? [],
    mostSevereFirst(fieldFindings(now, before, settings, scale)),
    mostSevereFirst(listFindings(now, before, scale)),
    mostSevereFirst(bodyFindings(now, before, settings, scale)),
    mostSevereFirst(codeFindings(now, before, settings, scale)),
    dayFindings(now, before, settings, scale),
  ].flat()
  const heldBack = findings.filter(({ verdict }) => verdict === 'held back')
  return [...heldBack, ...findings.filter(({ verdict }) => verdict !== 'held back')]
}

/** A profile made by an older version lacks newer fields: they are assumed to be as they are now. */
function withNewFields(before: Profile, now: Profile): Profile {
  return {
    ...before,
    fields: { ...now.fields, ...before.fields },
    codes: { ...now.codes, ...before.codes },
    days: { ...now.days, ...before.days },
  }
}

/**
 * The same for the rows of each index alone, for a first run: it is compared with the indexes that another system left
 * under these names. An index that is missing there is not compared.
 */
export function countFindings(
  now: Profile['indexes'],
  before: Partial<Profile['indexes']>,
  settings: LikenessSettings = DEFAULT_LIKENESS,
): LikenessFinding[] {
  const rows = before.masterdoctorindex ?? Math.max(0, ...Object.values(before))
  const scale: Scale = { floor: Math.max(settings.fewestRows, settings.fewestShare * rows), warn: settings.warn }
  const bounds: Bounds = { less: settings.shrink, more: settings.grow, zero: 'held back' }
  return mostSevereFirst(
    INDEX_NAMES.flatMap((name) => {
      const was = before[name]
      return was === undefined ? [] : (judgeCount(`rows of ${name}`, was, now[name], bounds, scale) ?? [])
    }),
  )
}

/**
 * Why findings hold a generation back, in words: the most severe one, and how many others there are. Null if none does.
 * The findings must be in the order of `likenessFindings`.
 */
export function refusalOfFindings(findings: readonly LikenessFinding[]): string | null {
  const [mostSevere, ...others] = findings.filter(({ verdict }) => verdict === 'held back')
  if (mostSevere === undefined) return null
  const { figure, before, now, why } = mostSevere
  const rest = others.length === 0 ? '' : `; and ${others.length} other ${others.length === 1 ? 'figure' : 'figures'}`
  return `differs from the live run: ${figure}: ${why} (before ${before}, now ${now})${rest}`
}

type Found = LikenessFinding | null

function present(findings: readonly Found[]): LikenessFinding[] {
  return findings.filter((finding) => finding !== null)
}

function mostSevereFirst(findings: readonly LikenessFinding[]): LikenessFinding[] {
  return findings.toSorted(bySeverity)
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
  // Every row has a connection status, which the lists show; reasons come and go, see `listFindings`.
  const fields = FIELDS.filter((field) => field !== 'connectionStatus' && field !== 'exceptionReason')
  return present(
    fields.map((field) => judgeCount(`rows with ${field}`, before.fields[field], now.fields[field], bounds, scale)),
  )
}

/**
 * Figures that halve and double on ordinary days: exceptions are dealt with, doctors become trainees. Only zero holds
 * back: an empty source is likelier than every case closed between two runs.
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
