import * as z from 'zod'
import type { DifferingRow } from '../../app/comparison-output.ts'
import { COMPARISON_FIGURES, DIFFERENCE_LINE } from '../../app/json/differences.ts'
import { CsvRowCounter } from '../../app/lists/list-csv.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { CompareRequest } from '../../sync/compare/compare-runs.ts'
import type { ComparedFigures, Comparison } from '../commands/compare.ts'
import { readAnswer } from './answers.ts'
import { problemIn } from './remote-errors.ts'
import type { RemoteInstallation } from './remote-installation.ts'

const ROUTE = '/api/sync/compare'
const ASKED = `GET ${ROUTE}`

/** The last line, if the comparison could not be finished. */
const BROKEN_OFF = z.object({ error: z.unknown() })

/** The last line otherwise. */
const FIGURES = z.object({ summary: z.unknown() })

/** A comparison that a remote installation makes. It may break off after some differences: then its last line says why. */
export function remoteComparison(
  remote: RemoteInstallation,
  { before, after, scope: { list, body } }: CompareRequest,
): Comparison {
  const query = { before, after, list: list ?? undefined, body: body ?? undefined }
  let differing = 0
  let figures: ComparedFigures | null = null
  return {
    async *differences() {
      const { pieces } = await remote.download(ROUTE, { ...query, format: 'ndjson' }, 'application/x-ndjson')
      for await (const lines of linesOf(pieces)) {
        const rows: DifferingRow[] = []
        for (const line of lines) {
          const value: unknown = JSON.parse(line)
          const failed = BROKEN_OFF.safeParse(value)
          if (failed.success) throw problemIn(failed.data.error, ASKED)
          if (FIGURES.safeParse(value).success) figures = readAnswer(COMPARISON_FIGURES, value, ASKED)
          else rows.push(readAnswer(DIFFERENCE_LINE, value, ASKED))
        }
        differing += rows.length
        if (rows.length > 0) yield rows
      }
      if (figures === null) throw brokenOff()
    },
    async *csv() {
      const { pieces } = await remote.download(ROUTE, { ...query, format: 'csv' }, 'text/csv')
      const counter = new CsvRowCounter()
      for await (const piece of pieces) {
        counter.read(piece)
        // A line for each field that differs: enough to know whether something does.
        differing = counter.rows
        yield piece
      }
    },
    differing: () => differing,
    figures: () => {
      if (figures === null) throw brokenOff()
      return figures
    },
  }
}

function brokenOff(): RevalError {
  return new RevalError('INSTALLATION_UNREACHABLE', `the answer broke off (${ASKED})`, { transient: true })
}

/** The complete lines of each piece. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    yield lines.filter((line) => line !== '')
  }
}
