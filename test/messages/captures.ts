import { readFileSync } from 'node:fs'

/** The captured bodies in docs/messages.md, by heading, each on one line. */
const DOCUMENT = readFileSync(new URL('../../docs/messages.md', import.meta.url), 'utf8')

function captureUnder(heading: string): string {
  const section = DOCUMENT.split('\n## ').find((each) => each.startsWith(heading))
  const block = /^```\n(.*?)\n```$/ms.exec(section ?? '')?.[1]
  if (block === undefined) throw new Error(`docs/messages.md records no body under "${heading}"`)
  return block.replace(/\n */g, '')
}

/** Every inline body in docs/messages.md, in order. */
export const INLINE_CAPTURES = [...DOCUMENT.matchAll(/`((?:\{|\[|")[^`]*)`/g)].map(([, body = '']) => body)
/** Every body in a code block, in order. */
export const BLOCK_CAPTURES = [...DOCUMENT.matchAll(/^```\n(.*?)\n```$/gms)].map(([, body = '']) =>
  body.replace(/\n */g, ''),
)

export const TRAINEE = captureUnder('Trainee (RabbitMQ)')
export const DOCTOR = captureUnder('Doctor (SQS)')
export const MASTER_ROW = captureUnder('Master row')

/** The text of docs/messages.md, to search for names. */
export const MESSAGES_DOCUMENT = DOCUMENT

/** The body with `[year,month,day]` dates as strings. */
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
