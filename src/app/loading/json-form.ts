import { firstLine } from './first-line.ts'
import { UnreadableExport } from './unreadable-export.ts'

const INSTEAD = 'Export one document per line: mongoexport without --jsonArray and --pretty'

/** Throws `UnreadableExport` if the file begins as another form of export than one document a line. */
export function refuseOtherJson(beginning: string): void {
  const { line, text } = firstLine(beginning)
  const is = text === null ? null : otherForm(text.trim())
  if (is !== null) throw new UnreadableExport([{ line, column: null, reason: `${is}. ${INSTEAD}` }])
}

function otherForm(text: string): string | null {
  if (text.startsWith('['))
    return 'the file is a single array (mongoexport --jsonArray, Compass); jq -c ".[]" turns it into lines'
  if (text === '{') return 'documents span several lines (mongoexport --pretty); jq -c . makes one line of each'
  const columns = text.split(',')
  return columns.includes('_id') ? 'the file is CSV' : null
}
