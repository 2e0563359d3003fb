import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { refuseOtherText } from './text-form.ts'
import { UnreadableExport } from './unreadable-export.ts'

const LINE_FEED = 0x0a
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/** Far longer than any row of an export; a file without line breaks would fill the memory. */
const LONGEST_LINE = 16 * 1024 * 1024

/** Some whole lines of a file. */
export interface TextChunk {
  readonly bytes: Buffer
  /** The number of the first line, from 1. */
  readonly line: number
  /** The lines that are not UTF-8. */
  readonly invalidLines: readonly number[]
}

/**
 * Reads a file as whole lines, a few at a time, without its byte order mark. `refuseForm` looks at how the file begins
 * before anything else does. Throws `UnreadableExport` if the file is missing, cannot be read, is not UTF-8 text,
 * or has a line longer than 16 MiB.
 */
export async function* textChunks(path: string, refuseForm: (beginning: string) => void): AsyncGenerator<TextChunk> {
  let line = 1
  for await (const bytes of wholeLines(path, refuseForm)) {
    const text = line === 1 ? withoutMark(bytes) : bytes
    yield { bytes: text, line, invalidLines: isUtf8(text) ? [] : invalidLines(text, line) }
    line += lineFeeds(bytes)
  }
}

async function* wholeLines(path: string, refuseForm: (beginning: string) => void): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let size = 0
  let line = 1
  let isBeginning = true
  for await (const bytes of fileBytes(path)) {
    if (isBeginning) {
      refuseOtherText(bytes)
      refuseForm(withoutMark(bytes).toString('utf8'))
      isBeginning = false
    }
    const end = bytes.lastIndexOf(LINE_FEED) + 1
    if (end > 0) {
      const lines = Buffer.concat([...rest, bytes.subarray(0, end)])
      yield lines
      line += lineFeeds(lines)
      rest = []
      size = 0
    }
    rest.push(bytes.subarray(end))
    size += bytes.length - end
    if (size > LONGEST_LINE) {
      throw new UnreadableExport([{ line, column: null, reason: 'the line is longer than 16 MiB' }])
    }
  }
  if (isBeginning) refuseForm('')
  if (size > 0) yield Buffer.concat(rest)
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes
}

async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  // Without an encoding a file stream yields buffers.
  const stream: AsyncIterable<Buffer> = createReadStream(path)
  try {
    yield* stream
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const reason = code === 'ENOENT' ? 'the file is missing' : `the file cannot be read (${code})`
    throw new UnreadableExport([{ line: null, column: null, reason }], { cause: error })
  }
}

function lineFeeds(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1
  return count
}

function invalidLines(bytes: Buffer, first: number): number[] {
  const invalid: number[] = []
  for (let start = 0, line = first; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(LINE_FEED, start)
    const end = feed < 0 ? bytes.length : feed + 1
    if (!isUtf8(bytes.subarray(start, end))) invalid.push(line)
    start = end
  }
  return invalid
}
