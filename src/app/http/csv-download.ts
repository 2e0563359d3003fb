import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { maskedReason } from '../../errors/masked.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import { CsvRowCounter } from '../lists/list-csv.ts'
import { recordFailure, recordRows } from './access/audit.ts'

export const CSV_TYPE = 'text/csv'
/** How long a download may wait for its caller, or for the next rows. */
const STALLED_DOWNLOAD_MS = 60_000
/** Batches of rows that may wait for the caller. */
const BATCHES_AHEAD = 1

/** Sends CSV as the file `<name>.csv`. The connection breaks off if it cannot be completed. */
export async function sendCsv(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<FastifyReply> {
  // A caller who stops reading would keep the list open. Without a listener for the timeout, Node closes the connection.
  reply.raw.setTimeout(STALLED_DOWNLOAD_MS)
  return reply
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .type(`${CSV_TYPE}; charset=utf-8`)
    .send(Readable.from(recorded(request, pieces), { highWaterMark: BATCHES_AHEAD }))
}

/** A download, piece by piece. The audit log counts its rows before they leave: rather some too many than one too few. */
async function* recorded(
  request: FastifyRequest,
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string> {
  const counter = new CsvRowCounter()
  try {
    for await (const piece of pieces) {
      counter.read(piece)
      recordRows(request, counter.rows)
      yield piece
    }
  } catch (error) {
    const { code, message } = asRevalError(error)
    recordFailure(request, error)
    request.log.error({ code, reason: maskedReason(code, message) }, 'download failed')
    throw error
  }
}
