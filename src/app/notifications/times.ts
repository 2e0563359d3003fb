const LONDON = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  ...{ day: 'numeric', month: 'long', year: 'numeric' },
  ...{ hour: 'numeric', minute: '2-digit', hourCycle: 'h12' },
})

/** An instant as people read it in a message: 5:04am on 25 November 2026. */
export function londonTime(at: number): string {
  const parts = new Map(LONDON.formatToParts(at).map(({ type, value }) => [type, value]))
  const minutes = parts.get('minute') === '00' ? '' : `:${parts.get('minute') ?? ''}`
  const half = (parts.get('dayPeriod') ?? '').toLowerCase()
  return `${parts.get('hour') ?? ''}${minutes}${half} on ${parts.get('day') ?? ''} ${parts.get('month') ?? ''} ${parts.get('year') ?? ''}`
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A duration in minutes, or in hours from two hours on. */
export function agoInWords(milliseconds: number): string {
  const [value, unit] = milliseconds < 2 * HOUR ? [milliseconds / MINUTE, 'minute'] : [milliseconds / HOUR, 'hour']
  const whole = Math.floor(value)
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}
