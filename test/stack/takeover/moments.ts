import type { Stage } from '../../../src/ports/run-ledger.ts'

/** What the next writer does with the run that it finds. */
export type Found =
  /** Nothing of it was on record yet: it begins for the first time. */
  | 'begins'
  | 'begins again'
  /** It was going live, or was live already. */
  | 'finishes'

/** A moment at which something happens to the writer, named as `watched` names it. */
export interface Moment {
  readonly stage: Stage | 'over'
  readonly where: string
  readonly moment: string
  readonly nth: number
  /** Runs that are live before it. */
  readonly runs: number
  readonly found: Found
}

type Row = readonly [
  Moment['stage'],
  where: string,
  moment: string,
  rest?: Partial<Pick<Moment, 'nth' | 'runs' | 'found'>>,
]

const TABLE: readonly Row[] = [
  ['requested', 'its generation is on record and not made', 'store.createGeneration before', { found: 'begins' }],
  ['requested', 'its generation is made and the stage is not over', 'ledger.save run trainees before'],
  ['trainees', 'before the command', 'broker.publish syncStart before'],
  ['trainees', 'before it collects some', 'workspace.addTrainees before'],
  ['doctors', 'between reading and writing', 'workspace.join after'],
  ['doctors', 'before a bulk', 'store.write before'],
  ['doctors', 'after a bulk', 'store.write after'],
  ['doctors', 'before it records failures', 'ledger.addFailures before'],
  ['doctors', 'between reading trainees without a doctor and writing them', 'workspace.unjoined after'],
  ['lists', 'before the command', 'broker.publish getMaster before'],
  ['checking', 'while it looks', 'store.profile before'],
  ['checking', 'before the checks are on record', 'ledger.save run catching up before'],
  ['catching up', 'before the generation is made visible', 'store.makeVisible before', { nth: 2 }],
  ['catching up', 'before the switch is on record', 'ledger.save run promoting before'],
  ['promoting', 'before the alias call', 'store.promote before', { found: 'finishes' }],
  ['promoting', 'after the alias call', 'store.promote after', { found: 'finishes' }],
  ['promoting', 'before it is on record as live', 'ledger.save run live before', { found: 'finishes' }],
  ['over', 'before it clears away claims', 'ledger.tidy before', { found: 'finishes' }],
  ['over', 'inside clearing up', 'store.dropGeneration before', { runs: 2, found: 'finishes' }],
  ['over', 'before it clears old runs and their failures', 'ledger.forget before', { runs: 2, found: 'finishes' }],
]

export const MOMENTS: readonly Moment[] = TABLE.map(([stage, where, moment, rest]) => ({
  stage,
  where,
  moment,
  nth: 1,
  runs: 1,
  found: 'begins again',
  ...rest,
}))

/** The first moment of each stage. */
export const STAGE_MOMENTS: readonly Moment[] = [...Map.groupBy(MOMENTS, ({ stage }) => stage).values()].flatMap(
  ([first]) => first ?? [],
)
