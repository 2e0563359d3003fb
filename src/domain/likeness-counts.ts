import type { LikenessFinding } from './likeness.ts'

/** From which rows and shares on a number of rows is judged. */
export interface Scale {
  /** A smaller change is not judged. */
  readonly floor: number
  readonly warn: number
}

/** What holds a generation back: the shares lost and gained, and what falling to zero means. */
export interface Bounds {
  readonly less: number
  readonly more: number
  readonly zero: LikenessFinding['verdict']
}

/** What is to be said of a number of rows; null where that is nothing. */
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
  // A share of hardly anything says nothing, but that so many rows appeared does.
  if (before === 0 || before < floor) return 'warned'
  const gained = (now - before) / before
  if (gained >= more) return 'held back'
  return gained >= warn ? 'warned' : null
}

/** Rounded down, so that 99.9 % fewer does not read as all of them. */
function changeInWords(before: number, now: number): string {
  if (now === 0) return 'fell to zero'
  if (before === 0) return 'none before'
  if (now >= 2 * before) return `${Math.floor((now * 10) / before) / 10} times as many`
  const percent = Math.floor((Math.abs(now - before) * 100) / before)
  return `${percent} % ${now < before ? 'fewer' : 'more'}`
}

/** Orders findings about rows: what was lost before what came on top, the larger share before the smaller. */
export function byGravity(a: LikenessFinding, b: LikenessFinding): number {
  return gravityOf(b) - gravityOf(a)
}

/** Of a loss 1 and the share that was lost, of a gain the share that is new. */
function gravityOf({ before, now }: LikenessFinding): number {
  if (typeof before !== 'number' || typeof now !== 'number' || before === now) return 0
  return now < before ? 1 + (before - now) / before : (now - before) / now
}
