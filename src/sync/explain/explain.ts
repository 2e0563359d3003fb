import { ASSEMBLE_VERSION } from '../../domain/assemble.ts'
import { londonDay, type Day } from '../../domain/day.ts'
import { listReasons } from '../../domain/list-reasons.ts'
import { doctorRowId, traineeRowId, type RowId } from '../../domain/row.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { CHANGES } from '../../ports/changes.ts'
import type { Clock } from '../../ports/clock.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import type { Installation, RunLedger } from '../../ports/run-ledger.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { SyncSettings } from '../context.ts'
import { readInstallation } from '../records.ts'
import { KeyScope } from '../refresh/key-scope.ts'
import { planRefresh, type RefreshPlan } from '../refresh/plan.ts'
import { readSources, type KeyedSources, type SourceRecords } from '../refresh/source-reading.ts'
import { unknownKeys } from '../refresh/unknown-keys.ts'
import { keysOf } from '../resync/resync-keys.ts'
import type { Explanation, LiveRow } from './explanation.ts'
import { failuresAbout, lettersAbout, readLetters, type LetterStore } from './failures-about.ts'
import { keptRuns, type KeptRun } from './kept-runs.ts'
import { askedInTime, known, notKnown, type Known } from './known.ts'
import { PatientSources } from './patient-sources.ts'
import { personsOf, sharedNumbers } from './persons.ts'
import { resyncOf } from './resync-plan.ts'
import { tableDrift } from './table-drift.ts'

export interface ExplainContext {
  readonly ledger: RunLedger
  readonly store: Pick<IndexStore, 'get' | 'findByNumbers' | 'generations' | 'tableRowsOf'>
  readonly clock: Clock
  readonly sources: KeyedSources
  /** Opens the broker for its dead letters. Rejects where they cannot be read, with the reason. */
  readonly letters: () => Promise<LetterStore>
  readonly settings: Pick<SyncSettings, 'trainees' | 'bodies'>
}

/** The maximum of restarts after a run went live and the generations being read were dropped. */
const TRIES = 3

/**
 * All that is known of a person, GMC number, row or stored id: in the sources, in the kept generations, in the failures. Any
 * process may call it, beside the writer; it changes nothing. A source or a broker that cannot be read is reported as not
 * known. Rejects USAGE if nothing can have the key, and if the ledger or the index store cannot be read.
 */
export async function explain(context: ExplainContext, key: string): Promise<Explanation> {
  const { keys } = keysOf(key)
  for (let tries = 1; ; tries += 1) {
    const [installation, changes] = await Promise.all([
      readInstallation(context.ledger),
      context.ledger.read('changes', CHANGES),
    ])
    const found = await lookUp(context, keys, installation)
    if (found.isOvertaken && tries < TRIES) continue
    return { key, meanings: keys, changes: changes?.value ?? null, ...found.explanation }
  }
}

type Found = Omit<Explanation, 'key' | 'meanings' | 'changes'>

async function lookUp(context: ExplainContext, keys: readonly ChangedKey[], installation: Installation) {
  const { store, ledger, clock, settings } = context
  const at = clock.now()
  const today = londonDay(at)
  // Started first: it is the slowest, and it never rejects.
  const letters = readLetters(context)
  const sources = new PatientSources(clock, context.sources)
  const runs = await keptRuns(context, installation)
  const readable = runs.filter(({ version }) => version === ASSEMBLE_VERSION)
  const plans = new Map<KeptRun, PromiseSettledResult<RefreshPlan>>()
  for (const [index, plan] of (await planRefresh({ store, settings }, sources, readable, keys)).entries()) {
    const run = readable[index]
    if (run !== undefined) plans.set(run, plan)
  }
  const read = [...plans.values()].flatMap((plan) => (plan.status === 'fulfilled' ? [plan.value] : []))
  const records = read[0]?.records ?? (await recordsOf(sources, keys))
  const stored = read.flatMap((plan) => plan.stored)
  const scope = scopeOf(keys, records, stored)
  const failures = await failuresAbout(ledger, installation, scope)
  const deadLetters = lettersAbout(await letters, scope)
  const live = runs.find(({ kept }) => kept === 'live')
  const ofLive = live === undefined ? undefined : plans.get(live)
  const isUnknown =
    unknownKeys(
      keys,
      records,
      stored.map(({ row }) => row),
    ).length === keys.length
  const explanation: Found = {
    at,
    today,
    isKnown: !isUnknown || failures.length > 0 || (deadLetters.isKnown && deadLetters.value.length > 0),
    generations: runs.map((run) => ({ ...run, rows: rowsOf(plans.get(run)) })),
    tables: await tablesOf(context, ofLive && live?.generation, [
      ...stored.map(({ row }) => row.id),
      ...records.persons.map(({ personId }) => traineeRowId(personId)),
      ...records.documents.map(({ doctor }) => doctorRowId(doctor.storedId)),
    ]),
    live: liveRows(ofLive, { today, bodies: settings.bodies }),
    sources: {
      persons: sources.answerOf('TCS', personsOf(records, live?.day ?? today, settings)),
      documents: sources.answerOf('GMC', records.documents),
      reasons: sources.answerOf('exception reasons', records.reasons),
    },
    shared: sharedNumbers(records.persons),
    resync: resyncOf(ofLive, sources),
    failures,
    deadLetters,
  }
  return { explanation, isOvertaken: ofLive?.status === 'rejected' }
}

async function tablesOf(
  { clock, store }: ExplainContext,
  live: GenerationId | undefined,
  ids: readonly RowId[],
): Promise<Explanation['tables']> {
  if (live === undefined) return known([])
  return askedInTime(clock, async () => (await tableDrift(store, live, [...new Set(ids)])) ?? [])
}

/** What the sources have, if no generation can be read. */
async function recordsOf(sources: KeyedSources, keys: readonly ChangedKey[]): Promise<SourceRecords> {
  const scope = new KeyScope(keys)
  for (;;) {
    const { size } = scope
    const records = await readSources(sources, scope)
    if (scope.size === size) return records
  }
}

/** The keys, and all that they lead to. */
function scopeOf(keys: readonly ChangedKey[], { persons, documents }: SourceRecords, stored: RefreshPlan['stored']) {
  const scope = new KeyScope(keys)
  for (const person of persons) scope.addPerson(person)
  for (const { doctor } of documents) scope.addDocument(doctor.storedId)
  for (const { row } of stored) scope.addRow(row)
  return scope
}

function rowsOf(plan: PromiseSettledResult<RefreshPlan> | undefined): Known<RefreshPlan['stored']> {
  if (plan === undefined) {
    return notKnown(new RevalError('GENERATION_VERSION', 'it was not built by this version'))
  }
  if (plan.status === 'rejected') return notKnown(plan.reason)
  return known(plan.value.stored.toSorted((a, b) => (a.row.id < b.row.id ? -1 : 1)))
}

function liveRows(
  plan: PromiseSettledResult<RefreshPlan> | undefined,
  on: { readonly today: Day; readonly bodies: SyncSettings['bodies'] },
): readonly LiveRow[] {
  const rows = rowsOf(plan)
  if (!rows.isKnown) return []
  return rows.value.map(({ row, document }) => ({ id: row.id, lists: listReasons(document, on) }))
}
