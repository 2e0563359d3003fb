import { londonDay } from '../../domain/day.ts'
import { INDEX_NAMES } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { GenerationId, IndexStore } from '../../ports/index-store.ts'
import type { AliasChange, Installation, KeptGeneration, Run, RunEvidence, RunId } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { changeInstallation, readInstallation } from '../records.ts'
import { runIdAt } from './run-request.ts'
import { newRun } from '../run-state.ts'

/**
 * Rejects LEDGER_GONE if the aliases point to a generation and the ledger has none live: the ledger was lost, or belongs to
 * another installation. Working on would drop the live generation as unused.
 */
export async function refuseUnknownLive({ ledger, store }: Pick<SyncContext, 'ledger' | 'store'>): Promise<void> {
  const before = await readInstallation(ledger)
  if (before.live !== null || before.changing !== null) return
  const aliases = await store.liveAliases()
  if (aliases === null || !isUnmoved(before, await readInstallation(ledger))) return
  const generations = [...new Set(Object.values(aliases))].join(', ')
  throw new RevalError('LEDGER_GONE', `the aliases point to ${generations}, but the ledger has no live generation`)
}

/**
 * For the writer, before it changes anything: rejects LEDGER_GONE if the ledger is older than the last promotion, such as one
 * restored from a snapshot. Every promotion would be refused, and changes would reach a generation that is not read.
 */
export async function refuseOlderLedger({ ledger, store }: Pick<SyncContext, 'ledger' | 'store'>): Promise<void> {
  const before = await readInstallation(ledger)
  const { live } = before
  if (live === null || before.changing !== null) return
  const [generation, ...others] = new Set(Object.values((await store.liveAliases()) ?? {}))
  // Aliases that point to several generations were moved by another program, which only a promotion by hand can mend.
  if (generation === undefined || others.length > 0 || generation === live.generation) return
  if (!isUnmoved(before, await readInstallation(ledger))) return
  throw new RevalError('LEDGER_GONE', `the aliases point to ${generation}, but the ledger has ${live.generation} live`)
}

/**
 * Whether no alias change began or ended between two readings. A writer that was paused may finish one until the next writer has
 * entered its term.
 */
function isUnmoved(before: Installation, { live, changing, history }: Installation): boolean {
  if (changing !== null || live?.generation !== before.live?.generation) return false
  return history[0]?.at === before.history[0]?.at
}

/**
 * Records as live the generation that the aliases point to, after the ledger was lost or restored from before the last
 * promotion. It gets the record of a finished run with its present profile, for the next run to be compared with; its failed
 * rows are no longer known, nor are the previous and the held-back generation, which may have missed changes. One that was made of
 * the Java services' indexes is known as such again, and kept. Changes nothing if what the aliases point to is live in the ledger already. Resolves with the live generation. Rejects NOTHING_LIVE; STORE_FAILED if
 * the aliases point to several generations; PROMOTION_IN_PROGRESS.
 */
export async function adoptLive(
  { ledger, store, clock }: Pick<SyncContext, 'ledger' | 'store' | 'clock'>,
  { by, why }: Pick<AliasChange, 'by' | 'why'>,
): Promise<KeptGeneration> {
  // Before the aliases: a ledger that is read after them may know of a later promotion.
  const before = await readInstallation(ledger)
  const generation = await generationOfNames(store)
  const { live: known, changing } = before
  if (known?.generation === generation) return known
  // Before the run has a record.
  if (changing !== null) throw new RevalError('PROMOTION_IN_PROGRESS', `a ${changing.kind} is in progress`)
  const at = clock.now()
  const to = await adopted({ ledger, store }, generation, { id: runIdAt(at, 'adopted'), by, why, at })
  const generations = await store.generations()
  // An attempt to take the indexes that failed may have left a part of a copy: it is older than the whole one.
  const ofJava = generations.findLast(({ java }) => java === true)?.id ?? null
  const javaTo = async (id: GenerationId) =>
    id === generation ? to : adopted({ ledger, store }, id, { id: runIdAt(at, 'java'), by, why, at })
  // A restored ledger may know of one that was discarded since.
  const knownJava = generations.some(({ id }) => id === before.java?.generation) ? before.java : null
  const java = knownJava ?? (ofJava === null ? null : await javaTo(ofJava))
  const { live } = await changeInstallation(ledger, (installation) => {
    if (!isUnmoved(before, installation)) {
      throw new RevalError('PROMOTION_IN_PROGRESS', 'another process moves the aliases')
    }
    const change: AliasChange = { kind: 'promotion', from: known, to, request: null, by, why, at }
    return {
      ...installation,
      live: to,
      previous: null,
      // Before there was a live generation, this ledger knew of every change.
      heldBack: known === null && ofJava === generation ? installation.heldBack : null,
      java,
      history: [change, ...installation.history],
    }
  })
  return live ?? to
}

/** Gives a generation whose run is not on record one that is over, with its present profile. */
async function adopted(
  { ledger, store }: Pick<SyncContext, 'ledger' | 'store'>,
  generation: GenerationId,
  { id, by, why, at }: { readonly id: RunId; readonly at: number } & Pick<AliasChange, 'by' | 'why'>,
): Promise<KeptGeneration> {
  const day = londonDay(at)
  const profile = await store.profile(generation, day)
  const run: Run = {
    ...newRun({
      id,
      day,
      requestedAt: at,
      requestedBy: by,
      expect: null,
      senderGone: null,
      purpose: 'sync',
      repair: null,
      request: null,
    }),
    state: 'live',
    finishedAt: at,
    generation,
    evidence: { ...NO_EVIDENCE, profile },
    decision: { action: 'promoted', by, why, at },
  }
  await ledger.save('run', id, run, 'new')
  return { generation, run: id }
}

/** Only the profile of an adopted generation is known. */
const NO_EVIDENCE: Omit<RunEvidence, 'profile'> = {
  stages: null,
  checks: [],
  comparedWith: null,
  findings: [],
  digests: { compared: 0, different: 0, skipped: 0 },
  readBack: { rows: 0, different: [] },
  lists: {},
  refusal: null,
  accepted: null,
}

async function generationOfNames(store: IndexStore): Promise<GenerationId> {
  const live = await store.liveAliases()
  if (live === null) throw new RevalError('NOTHING_LIVE', 'the aliases do not point to a generation')
  const [generation = '', ...others] = new Set(INDEX_NAMES.map((name) => live[name]))
  if (others.length === 0) return generation
  throw new RevalError(
    'STORE_FAILED',
    `the aliases point to several generations: ${[generation, ...others].join(', ')}`,
  )
}
