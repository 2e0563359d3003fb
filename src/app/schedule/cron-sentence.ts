/**
 * A cron expression in words, such as "Every day at 5am". Common ones only: others are quoted, because a sentence that says
 * almost what an expression means would mislead.
 */
export function cronSentence(expression: string): string {
  return sentenceOf(expression.trim().toUpperCase().split(/\s+/)) ?? `At the times of ${expression.trim()}`
}

function sentenceOf(fields: readonly string[]): string | null {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields.slice(-5)
  const second = fields.length === 6 ? fields[0] : '0'
  if (second !== '0') {
    const seconds = everySo(second, 60, 'second')
    return [minute, hour, day, month, weekday].every((field) => field === '*') ? seconds : null
  }
  if (month !== '*') return null
  const days = daysOf(day, weekday)
  if (hour === '*') {
    const often = minute === '0' ? 'Every hour' : (everySo(minute, 60, 'minute') ?? pastTheHour(minute))
    return days === 'Every day' ? often : null
  }
  const hours = everySo(hour, 24, 'hour')
  if (hours !== null) return days === 'Every day' && minute === '0' ? hours : null
  const times = numbersIn(hour, 0, 23)?.map((each) => timeOf(each, minute))
  if (days === null || times === undefined || times.includes(null)) return null
  return `${days} at ${listed(times.filter((each) => each !== null))}`
}

/** Of steps that divide the whole evenly, and of `*`. */
function everySo(field: string | undefined, whole: number, unit: string): string | null {
  if (field === '*') return `Every ${unit}`
  const step = Number(/^\*\/(\d{1,2})$/.exec(field ?? '')?.[1])
  if (step === 1) return `Every ${unit}`
  return step > 1 && step < whole && whole % step === 0 ? `Every ${step} ${unit}s` : null
}

function pastTheHour(minute: string): string | null {
  const past = numbersIn(minute, 0, 59)
  return past === null ? null : `Every hour at ${listed(past.map(String))} minutes past`
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const SHORT = WEEKDAYS.map((name) => name.slice(0, 3).toUpperCase())

function daysOf(day: string, weekday: string): string | null {
  if (weekday === '*') {
    if (day === '*') return 'Every day'
    const days = numbersIn(day, 1, 31)
    return days === null ? null : `On day ${listed(days.map(String))} of every month`
  }
  if (day !== '*') return null
  const numbered = SHORT.reduce((field, name, number) => field.replaceAll(name, String(number)), weekday)
  if (numbered === '1-5') return 'Monday to Friday'
  const days = numbersIn(numbered, 0, 7)?.map((each) => WEEKDAYS[each % 7] ?? '')
  return days === undefined ? null : `Every ${listed(days)}`
}

/** The numbers of a list; null if it is anything else, or a number is out of range. */
function numbersIn(field: string, from: number, to: number): readonly number[] | null {
  if (!/^\d{1,2}(,\d{1,2})*$/.test(field)) return null
  const numbers = field.split(',').map(Number)
  return numbers.every((each) => each >= from && each <= to) ? numbers : null
}

/** As the NHS service manual writes times: 5am, 5:30pm, midday, midnight. */
function timeOf(hour: number, minute: string): string | null {
  const [past] = numbersIn(minute, 0, 59) ?? []
  if (past === undefined || minute.includes(',')) return null
  if (past === 0 && hour === 0) return 'midnight'
  if (past === 0 && hour === 12) return 'midday'
  const minutes = past === 0 ? '' : `:${String(past).padStart(2, '0')}`
  return `${hour % 12 === 0 ? 12 : hour % 12}${minutes}${hour < 12 ? 'am' : 'pm'}`
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
