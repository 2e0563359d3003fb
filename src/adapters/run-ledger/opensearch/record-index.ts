import { randomUUID } from 'node:crypto'
import { RevalError } from '../../../errors/reval-error.ts'
import type { Guard } from '../../../ports/index-store.ts'
import type { LedgerRecords, Recorded, RecordKind, Revision, Run, RunId } from '../../../ports/run-ledger.ts'
import { EngineFault } from '../../opensearch/engine.ts'
import { derivedId } from './document-id.ts'
import type { LedgerIndex } from './ledger-index.ts'

/** The engine takes no longer id. */
const LONGEST_ID = 512
/** More than one search gives; nobody keeps so many runs. */
const MOST_RUNS = 10_000

interface RecordDocument {
  readonly kind: RecordKind
  readonly id: string
  /** The run of a claim: it is removed with it. */
  readonly run?: RunId
  /** When a run was requested: runs are listed by it. */
  readonly requestedAt?: number
  /** Which call of `save` wrote this version. */
  readonly saving: string
  /** The record as JSON text: the engine reads and changes nothing of it. */
  readonly value: string
}

/** Records as documents by kind and id, each read by its id and changed by the engine's compare-and-set. */
export class RecordIndex {
  readonly #index

  constructor(index: LedgerIndex) {
    this.#index = index
  }

  async read<K extends RecordKind>(kind: K, id: string): Promise<Recorded<LedgerRecords[K]> | null> {
    const found = await this.#index.get<RecordDocument>(documentId(kind, id))
    return found === null ? null : { value: recordIn(kind, found.source), revision: found.revision }
  }

  /**
   * Rejects LEDGER_CONFLICT where the revision is another. A call whose answer was lost is sent again, once: at most one
   * of the two is carried out, and that it was one of this very call is read from the document. Takes three small calls
   * at most, 15 s.
   */
  async save<K extends RecordKind>(
    kind: K,
    id: string,
    value: LedgerRecords[K],
    revision: Revision,
    guard?: Guard,
  ): Promise<Revision> {
    const saving = randomUUID()
    const document: RecordDocument = { kind, id, ...searchedIn(value), saving, value: JSON.stringify(value) }
    const put = () => this.#index.put(documentId(kind, id), document, revision, guard)
    const saved = await twiceIfUnanswered(put)
    if (saved !== null) return saved
    const found = await this.#index.get<RecordDocument>(documentId(kind, id))
    if (found?.source.saving === saving) return found.revision
    throw new RevalError('LEDGER_CONFLICT', `record ${kind} ${id} was changed by another process`, {
      details: { kind, id },
    })
  }

  async runs(limit: number): Promise<Run[]> {
    await this.#index.refresh()
    const { hits } = await this.#index.search<Pick<RecordDocument, 'value'>>({
      size: Math.min(limit, MOST_RUNS),
      query: { term: { kind: 'run' } },
      sort: [{ requestedAt: 'desc' }, { id: 'desc' }],
      _source: ['value'],
    })
    return hits.hits.map(({ _source }) => recordIn('run', _source))
  }

  async countRuns(): Promise<number> {
    await this.#index.refresh()
    return this.#index.count({ term: { kind: 'run' } })
  }

  async deleteClaims(run: RunId): Promise<void> {
    await this.#index.deleteWhere({ bool: { filter: [{ term: { kind: 'claim' } }, { term: { run } }] } })
  }

  async deleteRun(run: RunId): Promise<void> {
    await this.#index.delete(documentId('run', run))
  }

  ping(): Promise<void> {
    return this.#index.ping()
  }
}

async function twiceIfUnanswered<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof EngineFault) || !error.isUnanswered) throw error
    return send()
  }
}

/** `<kind>:<id>` where the engine can take that as it is, which people can read; else a hash of it. */
function documentId(kind: RecordKind, id: string): string {
  const readable = `${kind}:${id}`
  if (readable.isWellFormed() && Buffer.byteLength(readable) <= LONGEST_ID) return readable
  return `${kind}:sha256-${derivedId([id])}`
}

function searchedIn(value: LedgerRecords[RecordKind]): Pick<RecordDocument, 'run' | 'requestedAt'> {
  if ('requestedAt' in value) return { requestedAt: value.requestedAt }
  return 'attempt' in value ? { run: value.run } : {}
}

/** `save` is the only writer of the text, and the index's layout version says that it knew these very types. */
function recordIn<K extends RecordKind>(kind: K, { value }: Pick<RecordDocument, 'value'>): LedgerRecords[K] {
  if (typeof value !== 'string') throw new RevalError('LEDGER_FAILED', `the record of a ${kind} is not text`)
  return JSON.parse(value) as LedgerRecords[K]
}
