import { readFileSync } from 'node:fs'

/** The bodies that docs/messages.md records, one line each, by the heading they stand under. */
const DOCUMENT = readFileSync(new URL('../../docs/messages.md', import.meta.url), 'utf8')

function captureUnder(heading: string): string {
  const section = DOCUMENT.split('\n## ').find((each) => each.startsWith(heading))
  const block = /^```\n(.*?)\n```$/ms.exec(section ?? '')?.[1]
  if (block === undefined) throw new Error(`docs/messages.md records no body under "${heading}"`)
  return block.replace(/\n */g, '')
}

/** Every body that docs/messages.md records within its text, in its order. */
export const INLINE_CAPTURES = [...DOCUMENT.matchAll(/`((?:\{|\[|")[^`]*)`/g)].map(([, body = '']) => body)
/** Every body that it records in a block of its own, in its order. */
export const BLOCK_CAPTURES = [...DOCUMENT.matchAll(/^```\n(.*?)\n```$/gms)].map(([, body = '']) =>
  body.replace(/\n */g, ''),
)

export const TRAINEE = captureUnder('Trainee (RabbitMQ)')
export const DOCTOR = captureUnder('Doctor (SQS)')
export const MASTER_ROW = captureUnder('Master row')

/** Everything docs/messages.md says, for names that must stand in it. */
export const MESSAGES_DOCUMENT = DOCUMENT

/** The body with its dates in the other form: `[year,month,day]` as the text. */
export function withTextDates(body: string): string {
  return body.replace(/\[(\d+),(\d+),(\d+)\]/g, (_, year: string, month: string, day: string) => {
    return `"${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}"`
  })
}

/** The body with its dates as the Java services write them. */
export function withArrayDates(body: string): string {
  return body.replace(/"(\d{4})-(\d{2})-(\d{2})"/g, (_, ...parts: string[]) => {
    return `[${parts.slice(0, 3).map(Number).join(',')}]`
  })
}
