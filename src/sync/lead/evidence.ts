import { assemble, type AssembledDocument } from '../../domain/assemble.ts'
import { countFindings, likenessFindings } from '../../domain/likeness.ts'
import type { Profile } from '../../domain/profile.ts'
import { LIST_NAMES } from '../../domain/lists.ts'
import type { RowId } from '../../domain/row.ts'
import { sameRow } from '../../domain/row-differences.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { StoredRow } from '../../ports/index-store.ts'
import { listWriters } from '../../ports/peers.ts'
import type { DigestCounts, Run, RunEvidence, SendStage, StageEvidence } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { compareTables } from '../compare/compare-tables.ts'
import { readInstallation } from '../records.ts'
import { checksOf, judge, refusalsOf } from './checks.ts'
import type { Build } from './build.ts'
import { countNewFailures } from './new-failures.ts'

/**
 * Checks a complete generation and decides whether it may go live automatically. All that was checked is kept with the
 * run.
 */
export async function evidenceOf(context: WriterContext, run: Run, build: Build): Promise<RunEvidence> {
  const { store, ledger, settings } = context
  const { generation } = build
  const profile = await store.profile(generation, run.day)
  const live = await liveRun(context)
  const before = live?.evidence?.profile ?? null
  const { comparedWith, findings } = await compare(context, profile, live)
  const stages = { trainees: stageEvidence(build, 'trainees'), doctors: stageEvidence(build, 'doctors') }
  const lists = Object.fromEntries(build.lists)
  const figures = {
    counts: profile,
    ...stages,
    distinctTrainees: await build.workspace.countTrainees(),
    lostTrainees: (build.manifestOf('doctors')?.lostTrainees ?? 0) + build.unjoined.lostTrainees,
    unproved: run.unproved,
    lists,
    uncounted: listWriters(settings.javaPeers).length > 0 ? LIST_NAMES : [],
    tables: await store.countTables(generation),
  }
  const found = {
    checks: checksOf(figures),
    findings,
    digests: sumOf(stages.trainees.digests, stages.doctors.digests),
    readBack: await readBack(context, run, build),
  }
  const refusals = refusalsOf(
    {
      ...found,
      ...figures,
      reasonsRead: build.reasons.state.kind === 'done' ? build.reasons.state.read : 0,
      newFailures: await countNewFailures(ledger, generation, live?.generation ?? null),
      live: before === null ? null : { counts: before, doctorsSent: doctorsSentIn(live, before) },
    },
    settings,
  )
  return { ...found, stages, lists, profile, comparedWith, ...judge(refusals, run.expect !== null) }
}

/** Compares the profile with the live one; that of a first run with the counts of the indexes at the alias names. */
async function compare(
  { store, settings }: WriterContext,
  profile: Profile,
  live: Run | null,
): Promise<Pick<RunEvidence, 'comparedWith' | 'findings'>> {
  if (live?.evidence != null) {
    const findings = likenessFindings(profile, live.evidence.profile, settings.likeness)
    return { comparedWith: { run: live.id }, findings }
  }
  const foreign = live === null ? await store.foreignCounts() : null
  if (foreign === null) return { comparedWith: null, findings: [] }
  return {
    comparedWith: 'existing indexes',
    findings: countFindings(profile.indexes, foreign, settings.likeness),
  }
}

/** For an adopted generation it is unknown what was sent; its rows without a trainee were doctors. */
function doctorsSentIn(live: Run | null, { withoutTrainee }: Profile): number {
  return live?.stages.doctors?.rows ?? withoutTrainee
}

function stageEvidence(build: Build, stage: SendStage): StageEvidence {
  const announced = build.totals.get(stage)
  if (announced === undefined) throw new RevalError('INTERNAL', `the totals of ${stage} are not known`)
  const manifest = build.manifestOf(stage)
  return {
    announced,
    received: manifest?.counts ?? NOTHING_RECEIVED,
    digests: manifest?.digests ?? { compared: 0, different: 0, skipped: 0 },
  }
}

const NOTHING_RECEIVED = { messages: 0, rows: 0, failedRows: 0, withoutTrainee: 0 }

function sumOf(left: DigestCounts, right: DigestCounts): DigestCounts {
  return {
    compared: left.compared + right.compared,
    different: left.different + right.different,
    skipped: left.skipped + right.skipped,
  }
}

/** Reads a sample of rows back, those of tables too, and compares parts and fields with what was written. */
async function readBack(context: WriterContext, run: Run, build: Build): Promise<RunEvidence['readBack']> {
  const { store } = context
  const { rows } = build.sample
  if (rows.length === 0) return { rows: 0, different: [] }
  const found = await store.get(
    build.generation,
    rows.map(({ id }) => id),
  )
  const byId = new Map(found.map((stored) => [stored.row.id, stored]))
  const inMaster = rows.filter((row) => !isAsWritten(byId.get(row.id), row)).map(({ id }) => id)
  const different = new Set([
    ...inMaster,
    ...(build.tables === null ? [] : await differentInTables(context, run, build)),
  ])
  return { rows: rows.length, different: [...different] }
}

/** The rows of the sample that a table has and should not have, or has otherwise than it should, or lacks. */
async function differentInTables({ store }: WriterContext, run: Run, build: Build): Promise<readonly RowId[]> {
  const required = new Map(build.sample.rows.map(({ id, parts }) => [id, assemble(parts)]))
  const { differences } = await compareTables(store, { generation: build.generation, tableDay: run.day }, required)
  return differences.map(({ id }) => id)
}

function isAsWritten(stored: StoredRow | undefined, row: StoredRow['row']): boolean {
  if (stored === undefined || !sameRow(stored.row, row)) return false
  const wanted = assemble(row.parts)
  return (Object.keys(wanted) as (keyof AssembledDocument)[]).every((field) => stored.document[field] === wanted[field])
}

/** The run whose generation is live; null before the first promotion. */
async function liveRun({ ledger }: WriterContext): Promise<Run | null> {
  const { live } = await readInstallation(ledger)
  return live === null ? null : ((await ledger.read('run', live.run))?.value ?? null)
}
