import { counted, NOT_KNOWN } from './numbers.ts'

/** A duration in the largest units that still say something: 4.6 seconds, 74 seconds, 12 minutes, 3 hours 5 minutes. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NOT_KNOWN
  const tenths = Math.round(Math.max(0, seconds) * 10)
  if (tenths === 0 && seconds > 0) return 'less than 0.1 seconds'
  if (tenths < 100) return `${String(tenths / 10)} ${tenths === 10 ? 'second' : 'seconds'}`
  const whole = Math.round(seconds)
  if (whole < 120) return counted(whole, 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return counted(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return daysAndHours(Math.round(minutes / 60))
  const rest = minutes % 60
  return rest === 0 ? counted(hours, 'hour') : `${counted(hours, 'hour')} ${counted(rest, 'minute')}`
}

function daysAndHours(hours: number): string {
  const rest = hours % 24
  const days = counted(Math.floor(hours / 24), 'day')
  return rest === 0 ? days : `${days} ${counted(rest, 'hour')}`
}

/** From the shortest to the longest: 21 to 26 seconds, 74 seconds to 12 minutes. */
export function durationRange(shortest: number, longest: number): string {
  const [from, to] = [duration(shortest), duration(longest)]
  if (from === to) return to
  const [, figure, unit] = /^([\d.,]+) (\w+)$/.exec(from) ?? []
  return unit !== undefined && figure !== undefined && to.endsWith(` ${unit}`) && !/ .* /.test(to)
    ? `${figure} to ${to}`
    : `${from} to ${to}`
}

/** `about 2 minutes left`; an estimate has no tenths. */
export function timeLeft(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return 'Time left: not known yet'
  return `about ${rough(Math.max(1, Math.ceil(seconds)))} left`
}

/** `6 hours ago`; under ten seconds, and in the future, `a moment ago`. */
export function age(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return seconds < 10 ? 'a moment ago' : `${rough(seconds)} ago`
}

/** One unit, rounded down. */
function rough(seconds: number): string {
  if (seconds < 120) return counted(seconds, 'second')
  if (seconds < 7_200) return counted(Math.floor(seconds / 60), 'minute')
  if (seconds < 172_800) return counted(Math.floor(seconds / 3_600), 'hour')
  return counted(Math.floor(seconds / 86_400), 'day')
}
