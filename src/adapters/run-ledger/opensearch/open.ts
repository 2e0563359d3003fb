import { randomUUID } from 'node:crypto'
import { inChunks } from '../../../domain/chunks.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import {
  FAILURE_STAGES,
  failureCursor,
  type FailedRow,
  type LedgerRecords,
  type RecordKind,
  type RunId,
  type RunLedger,
} from '../../../ports/run-ledger.ts'
import { runOfFindings } from '../../../ports/verification.ts'
import { Bulks } from '../../opensearch/bulks.ts'
import { engineTime } from '../../opensearch/clock.ts'
import { EngineFault, type Engine } from '../../opensearch/engine.ts'
import { openEngine } from '../../opensearch/reach.ts'
import type { SearchSettings } from '../../opensearch/settings.ts'
import { recordFrom } from '../completed.ts'
import { LedgerIndex } from './ledger-index.ts'
import { layOut } from './schema.ts'

/**
 * Opens the run ledger in two indexes of the search engine, making those that are missing. Any number of processes may
 * have it open. Rejects as `reachEngine` does, LEDGER_OLDER where an earlier version wrote the ledger, or LEDGER_FAILED
 * where an index is of a newer layout or not the ledger's; nothing is left open then.
 */
export async function openSearchRunLedger({ settings }: { readonly settings: SearchSettings }): Promise<RunLedger> {
  const engine = await openEngine(settings, 'LEDGER_FAILED', (opened) => layOut(opened, settings))
  return ledgerIn(engine, settings)
}

/** The engine gives no more documents in one answer. */
const LONGEST_ANSWER = 10_000
/** Each key is several terms of a query, which takes 65,536. */
const KEYS_PER_REMOVAL = 5_000

interface RecordDocument {
  readonly kind: RecordKind
  readonly id: string
  /** The run of a claim or of findings, which are removed with it. */
  readonly run?: RunId
  /** When a run was requested: runs are listed by it. */
  readonly requestedAt?: number
  /** Which call of `save` wrote this version. */
  readonly saving: string
  /** The record as JSON text, opaque to the engine. */
  readonly value: string
}

/**
 * Records are documents by kind and id, read by their id and changed by the engine's compare-and-set; failures are documents
 * that sort by their cursor. How long a call may take follows from its requests and their limits (`CALL_LIMITS`): one, or
 * two where it searches. The engine is closed with the ledger.
 */
export function ledgerIn(engine: Engine, settings: SearchSettings): RunLedger {
  const bulks = new Bulks(engine, settings, 'LEDGER_FAILED')
  const records = new LedgerIndex(engine, 'records', settings)
  const failures = new LedgerIndex(engine, 'failures', settings)
  const deleteOfRun = (kinds: readonly RecordKind[], run: RunId) =>
    records.deleteWhere({ bool: { filter: [{ terms: { kind: kinds } }, { term: { run } }] } })
  return {
    read: async (kind, id) => {
      const found = await records.get<RecordDocument>(`${kind}:${id}`)
      return found === null ? null : { value: recordIn(kind, found.source), revision: found.revision }
    },
    // A call whose answer was lost is sent again, once: at most one of the two is carried out, and the document says whether
    // it was one of this very call. Takes three small calls at most, 15 s.
    save: async (kind, id, value, revision, guard) => {
      const saving = randomUUID()
      const document: RecordDocument = { kind, id, ...searchedIn(id, value), saving, value: JSON.stringify(value) }
      const put = () => records.put(`${kind}:${id}`, document, revision, guard)
      const saved = await twiceIfUnanswered(put)
      if (saved !== null) return saved
      const found = await records.get<RecordDocument>(`${kind}:${id}`)
      if (found?.source.saving === saving) return found.revision
      const what = `record ${kind} ${id} was changed by another process`
      throw new RevalError('LEDGER_CONFLICT', what, { details: { kind, id } })
    },
    runs: async (limit) => {
      const { hits } = await records.search<RecordDocument>({
        size: Math.min(limit, LONGEST_ANSWER),
        query: { term: { kind: 'run' } },
        sort: [{ requestedAt: 'desc' }, { id: 'desc' }],
        _source: ['value'],
      })
      return hits.map(({ _source }) => recordIn('run', _source))
    },
    audit: async (limit, before) => {
      const { hits } = await records.search<RecordDocument>({
        size: Math.min(limit, LONGEST_ANSWER),
        track_total_hits: false,
        query: { bool: { filter: [{ term: { kind: 'audit' } }, ...(before === undefined ? [] : [earlier(before)])] } },
        sort: [{ id: 'desc' }],
        _source: ['value'],
      })
      return hits.map(({ _source }) => recordIn('audit', _source))
    },
    removeAudit: (before) => records.deleteWhere({ bool: { filter: [{ term: { kind: 'audit' } }, earlier(before)] } }),
    addFailures: async (rows) => {
      // Items of one bulk are carried out in any order: of each failure only the latest is sent.
      const latest = new Map<string, object>()
      for (const row of rows) {
        const { run, generation, stage, key, code, reason, at } = row
        const value = JSON.stringify({ run, generation, stage, at, key, code, reason } satisfies FailedRow)
        latest.set(`${generation}/${stage}/${key}`, { run, generation, cursor: failureCursor(row), value })
      }
      await failures.write(bulks, latest)
    },
    failures: async (generation, limit, after = '') => {
      const all: FailedRow[] = []
      while (all.length < limit) {
        const last = all.at(-1)
        const size = Math.min(limit - all.length, LONGEST_ANSWER)
        const { hits } = await failures.search<{ readonly value: string }>({
          size,
          track_total_hits: false,
          query: { term: { generation } },
          sort: [{ cursor: 'asc' }],
          search_after: [last === undefined ? after : failureCursor(last)],
          _source: ['value'],
        })
        all.push(...hits.map(({ _source }) => failureIn(_source.value)))
        if (hits.length < size) break
      }
      return all
    },
    countFailures: (generation) => failures.count({ term: { generation } }),
    failuresOfKeys: async (keys) => {
      const found: FailedRow[] = []
      for (const some of inChunks(keys, KEYS_PER_REMOVAL)) {
        const { hits } = await failures.search<{ readonly value: string }>({
          size: LONGEST_ANSWER,
          query: { terms: { cursor: cursorsOf(some) } },
          _source: ['value'],
        })
        found.push(...hits.map(({ _source }) => failureIn(_source.value)))
      }
      return found
    },
    removeFailures: async (generation, keys) => {
      for (const some of inChunks(keys, KEYS_PER_REMOVAL)) {
        const cursor = cursorsOf(some)
        await failures.deleteWhere({ bool: { filter: [{ term: { generation } }, { terms: { cursor } }] } })
      }
    },
    removeFailuresOf: (runs) => failures.deleteWhere({ terms: { run: runs } }),
    tidy: (run) => deleteOfRun(['claim'], run),
    // The record last: as long as it is listed, what a crash left is removed the next time.
    forget: async (run) => {
      await Promise.all([deleteOfRun(['claim', 'findings'], run), failures.deleteWhere({ term: { run } })])
      await records.delete(`run:${run}`)
    },
    serverTime: () => engineTime(engine, 'LEDGER_FAILED'),
    ping: () => records.ping(),
    close: async () => {
      bulks.close()
      await engine.close()
    },
  }
}

const earlier = (id: string) => ({ range: { id: { lt: id } } })

function cursorsOf(keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => FAILURE_STAGES.map((stage) => failureCursor({ stage, key })))
}

async function twiceIfUnanswered<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof EngineFault) || !error.isUnanswered) throw error
    return send()
  }
}

function searchedIn(id: string, value: LedgerRecords[RecordKind]): Pick<RecordDocument, 'run' | 'requestedAt'> {
  if ('requestedAt' in value) return { requestedAt: value.requestedAt }
  if ('findings' in value) return { run: runOfFindings(id) }
  return 'attempt' in value ? { run: value.run } : {}
}

/** Only `addFailures` writes the text, with the same layout version; earlier versions without `at`. */
function failureIn(value: string): FailedRow {
  const failure = JSON.parse(value) as Omit<FailedRow, 'at'> & Partial<Pick<FailedRow, 'at'>>
  return { ...failure, at: failure.at ?? null }
}

/** Only `save` writes the text: the index's layout version guarantees that it used these types, or earlier ones. */
function recordIn<K extends RecordKind>(kind: K, { value }: Pick<RecordDocument, 'value'>): LedgerRecords[K] {
  if (typeof value !== 'string') throw new RevalError('LEDGER_FAILED', `the record of a ${kind} is not text`)
  return recordFrom(kind, value)
}
