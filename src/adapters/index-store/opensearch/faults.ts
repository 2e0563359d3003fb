import { RevalError } from '../../../errors/reval-error.ts'
import type { GenerationId } from '../../../ports/index-store.ts'
import { EngineFault } from '../../opensearch/engine.ts'

/** No index or alias of the requested name. */
export const NOT_FOUND = 'index_not_found_exception'
const BLOCKED = 'cluster_block_exception'

/** The blocks that engines set when a disk passes its flood stage, or (OpenSearch) no node is below its high watermark. */
const FULL = /read-only-allow-delete|flood.?stage|create-index blocked/i

/** Whether an engine refuses writes or new indexes because its disk is nearly full. */
export function isDiskFull(type: string | null | undefined, reason: string): boolean {
  return type === BLOCKED && FULL.test(reason)
}

export function diskFull(reason: string, cause?: unknown): RevalError {
  return new RevalError('DISK_FULL', `the search engine is out of disk space: ${reason}`, { cause })
}

/** For an index that was created without its shards. */
export function unallocated(what: string): RevalError {
  const reason = `the engine cannot allocate the shards of ${what}: check its disks and allocation settings`
  return new RevalError('STORE_FAILED', reason)
}

export function unknownGeneration(id: GenerationId, cause?: unknown): RevalError {
  return new RevalError('GENERATION_UNKNOWN', `no such generation: ${id}`, { cause })
}

/** For a write through an alias that the writer of another term has replaced. */
export function writerLost(id: GenerationId, cause?: unknown): RevalError {
  return new RevalError('WRITER_LOST', `generation ${id} is written by another process now`, { cause })
}

/** An error of the engine for a generation, as one of the port. */
export function storeFault(error: unknown, generation: GenerationId): unknown {
  if (!(error instanceof EngineFault)) return error
  if (error.type === NOT_FOUND) return unknownGeneration(generation, error)
  return isDiskFull(error.type, error.message) ? diskFull(error.message, error) : error
}
