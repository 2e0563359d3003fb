import type { LikenessFinding } from './likeness.ts'

/** The smallest changes that are judged and warned of. */
export interface Scale {
  /** A smaller change is not judged. */
  readonly floor: number
  readonly warn: number
}

/** What holds a generation back: the share lost, the share gained, and the verdict on falling to zero. */
export interface Bounds {
  readonly less: number
  readonly more: number
  readonly zero: LikenessFinding['verdict']
}

/** The finding about a number of rows; null if there is nothing to report. */
export function judgeCount(
  figure: string,
  before: number,
  now: number,
  bounds: Bounds,
  scale: Scale,
): LikenessFinding | null {
  const change = Math.abs(now - before)
  if (change === 0 || change < scale.floor) return null
  const verdict = now < before ? verdictOfLoss(before, now, bounds, scale) : verdictOfGain(before, now, bounds, scale)
  return verdict === null ? null : { figure, before, now, verdict, why: changeInWords(before, now) }
}

type Verdict = LikenessFinding['verdict'] | null

function verdictOfLoss(before: number, now: number, { less, zero }: Bounds, { warn }: Scale): Verdict {
  if (now === 0) return zero
  const lost = (before - now) / before
  if (lost >= less) return 'held back'
  return lost >= warn ? 'warned' : null
}

function verdictOfGain(before: number, now: number, { more }: Bounds, { floor, warn }: Scale): Verdict {
  // A share of very few rows is meaningless, but this many new rows are not.
  if (before === 0 || before < floor) return 'warned'
  const gained = (now - before) / before
  if (gained >= more) return 'held back'
  return gained >= warn ? 'warned' : null
}

/** Rounded down, so that 99.9 % fewer does not read as 100 %. */
function changeInWords(before: number, now: number): string {
  if (now === 0) return 'fell to zero'
  if (before === 0) return 'none before'
  if (now >= 2 * before) return `${Math.floor((now * 10) / before) / 10} times as many`
  const percent = Math.floor((Math.abs(now - before) * 100) / before)
  return `${percent} % ${now < before ? 'fewer' : 'more'}`
}

/** Orders findings about rows: losses before gains, larger shares before smaller ones. */
export function bySeverity(a: LikenessFinding, b: LikenessFinding): number {
  return severityOf(b) - severityOf(a)
}

/** For a loss, 1 plus the share lost; for a gain, the share that is new. */
function severityOf({ before, now }: LikenessFinding): number {
  if (typeof before !== 'number' || typeof now !== 'number' || before === now) return 0
  return now < before ? 1 + (before - now) / before : (now - before) / now
}
