import type { ListName } from '../../domain/lists.ts'
import type { GenerationCounts } from '../../domain/profile.ts'
import type { LikenessFinding } from '../../domain/likeness.ts'
import { refusalOfFindings } from '../../domain/likeness.ts'
import { LIST_NAMES } from '../../domain/lists.ts'
import type { ListCounts } from '../../ports/index-store.ts'
import type { Check, Refusal, RunEvidence, SendStage, ServiceName, StageEvidence } from '../../ports/run-ledger.ts'
import type { SyncSettings } from '../context.ts'

/** What a sender announced for a stage, and what was received. */
type StageAccount = Pick<StageEvidence, 'announced' | 'received'>

/** The figures that must agree with each other. */
export interface CheckedFigures {
  readonly counts: GenerationCounts
  readonly trainees: StageAccount
  readonly doctors: StageAccount
  /** Distinct trainees received, and how many of their rows were refused. */
  readonly distinctTrainees: number
  readonly lostTrainees: number
  /** The stages whose sender reported no totals: theirs are those of what was received. */
  readonly unproved: readonly SendStage[]
  readonly lists: RunEvidence['lists']
  /** The lists that no service counted, because `getMaster` cannot be sent beside a Java service. */
  readonly uncounted: readonly ListName[]
  /** The rows in the table of each list; null if the lists are views. */
  readonly tables: ListCounts | null
}

/** Everything that is checked before a generation may go live automatically. */
export interface CheckInput extends Pick<CheckedFigures, 'counts' | 'trainees' | 'doctors' | 'unproved'> {
  /** Those of `checksOf`. */
  readonly checks: readonly Check[]
  /** Reasons read from the source. */
  readonly reasonsRead: number
  /** How many rows failed that did not fail with the same code in the live generation, and one of them. */
  readonly newFailures: { readonly count: number; readonly example: string | null }
  /** The live generation; null before the first promotion. */
  readonly live: { readonly counts: GenerationCounts; readonly doctorsSent: number } | null
  readonly findings: readonly LikenessFinding[]
  readonly digests: RunEvidence['digests']
  readonly readBack: RunEvidence['readBack']
}

type CheckSettings = Pick<SyncSettings, 'acceptFailures' | 'unprovedShare'>

/**
 * Why a generation may not go live automatically: every reason, the most serious first; none if it may. Source:
 * docs/checks.md.
 */
export function refusalsOf(input: CheckInput, settings: CheckSettings): readonly Refusal[] {
  const found = [
    refusalOfEmptiness(input),
    refusalOfCounts(input),
    refusalOfDigests(input),
    refusalOfReadBack(input),
    refusalOfFailures(input, settings.acceptFailures),
    refusalOfLikeness(input),
    refusalOfUnproved(input, settings.unprovedShare),
  ]
  return found.filter((refusal) => refusal !== null)
}

/**
 * Of the refusals of a run, the most serious that holds it back, and the most serious that is accepted because the
 * operator expected it. An expected refusal does not hide any other.
 */
export function judge(refusals: readonly Refusal[], isExpected: boolean): Pick<RunEvidence, 'refusal' | 'accepted'> {
  const accepted = isExpected ? refusals.filter(mayBeExpected) : []
  const refusal = refusals.find((each) => !accepted.includes(each)) ?? null
  return { refusal, accepted: accepted[0] ?? null }
}

/** Whether an operator may expect such a refusal: it is about the data, not about how they were received. */
export function mayBeExpected({ code }: Refusal): boolean {
  return code === 'CHECK_UNLIKE' || code === 'CHECK_SOURCE_EMPTY'
}

function refusalOfEmptiness({ counts, trainees, doctors, reasonsRead, live }: CheckInput): Refusal | null {
  if (counts.indexes.masterdoctorindex === 0) {
    return { code: 'CHECK_EMPTY', reason: 'the generation has no rows' }
  }
  if (live === null) return null
  const empty =
    trainees.announced.rows === 0 && live.counts.withTrainee > 0
      ? 'no trainees in TCS'
      : doctors.announced.rows === 0 && live.doctorsSent > 0
        ? 'no doctors in GMC data'
        : reasonsRead === 0 && live.counts.withReason > 0
          ? 'no reasons in exception logs'
          : null
  return empty === null ? null : { code: 'CHECK_SOURCE_EMPTY', reason: `${empty}, but the live run had some` }
}

/**
 * Every pair of figures that must be equal, with the verdict. Of a stage without reported totals, what was reported is what
 * was received, which proves nothing: it is `not compared`. So are the counts of lists that no service counted.
 */
export function checksOf({
  counts,
  trainees,
  doctors,
  distinctTrainees,
  lostTrainees,
  unproved,
  lists,
  uncounted,
  tables,
}: CheckedFigures): readonly Check[] {
  const { indexes } = counts
  const master = indexes.masterdoctorindex
  return [
    ...reportedAndReceived('trainees', trainees, unproved),
    ...reportedAndReceived('doctors', doctors, unproved),
    distinct(trainees.received.rows - trainees.received.failedRows, distinctTrainees, unproved),
    pair('trainees and rows with a trainee', distinctTrainees - lostTrainees, counts.withTrainee),
    withoutTrainee(doctors.received.withoutTrainee, counts.withoutTrainee, unproved),
    pair('rows, and those in connected and disconnected', master, indexes.connectedindex + indexes.disconnectedindex),
    pair('rows, and those in recommendation', master, indexes.recommendationindex),
    ...listPairs(counts, lists),
    ...uncounted.map((list): Check => {
      const what = `rows of ${list} counted by its service and here`
      return { ...pair(what, indexes[list], indexes[list]), verdict: 'not compared' }
    }),
    ...tablePairs(counts, tables),
  ]
}

function pair(what: string, left: number, right: number): Check {
  return { what, left, right, verdict: left === right ? 'same' : 'differs' }
}

function reportedAndReceived(
  stage: SendStage,
  { announced, received }: StageAccount,
  unproved: CheckedFigures['unproved'],
): Check[] {
  const pairs = [
    pair(`messages of ${stage} reported and received`, announced.messages, received.messages),
    pair(`${stage} reported and received`, announced.rows, received.rows),
  ]
  if (!unproved.includes(stage)) return pairs
  return pairs.map((each) => (each.verdict === 'same' ? { ...each, verdict: 'not compared' } : each))
}

/** Duplicate messages without sequence numbers are counted twice, so there may be fewer distinct trainees, but not more. */
function distinct(received: number, distinctTrainees: number, unproved: CheckedFigures['unproved']): Check {
  const found = pair('trainees received and distinct trainees', received, distinctTrainees)
  if (!unproved.includes('trainees') || received <= distinctTrainees) return found
  return { ...found, verdict: 'not compared' }
}

/** The same for doctors that became a row of their own. */
function withoutTrainee(received: number, rows: number, unproved: CheckedFigures['unproved']): Check {
  const found = pair('doctors without a trainee and rows without one', received, rows)
  if (!unproved.includes('doctors') || received <= rows) return found
  return { ...found, verdict: 'not compared' }
}

function refusalOfCounts({ checks }: CheckInput): Refusal | null {
  const wrong = checks.find(({ verdict }) => verdict === 'differs')
  if (wrong === undefined) return null
  return { code: 'CHECK_COUNTS', reason: `${wrong.what}: ${wrong.left} vs ${wrong.right}` }
}

/** The counts of each service for its lists, and those of the writer. */
function listPairs({ indexes }: GenerationCounts, lists: RunEvidence['lists']): Check[] {
  return (Object.keys(lists) as ServiceName[]).flatMap((service) =>
    (Object.keys(indexes) as (keyof typeof indexes)[]).flatMap((index): Check[] => {
      const counted = lists[service]?.[index]
      return counted === undefined
        ? []
        : [pair(`rows of ${index} counted by ${service} and here`, counted, indexes[index])]
    }),
  )
}

/** The rows that belong to each list, and those in its table. */
function tablePairs({ indexes }: GenerationCounts, tables: ListCounts | null): Check[] {
  if (tables === null) return []
  return LIST_NAMES.map((list) => pair(`rows of ${list}, and in its table`, indexes[list], tables[list]))
}

function refusalOfDigests({ digests: { compared, different } }: CheckInput): Refusal | null {
  if (different === 0) return null
  const reason = `${different} of ${compared} messages differ from what was sent`
  return { code: 'CHECK_DIGESTS', reason }
}

function refusalOfReadBack({ readBack: { rows, different } }: CheckInput): Refusal | null {
  if (different.length === 0) return null
  const reason = `${different.length} of ${rows} rows read back differ from what was written, e.g. ${different[0] ?? ''}`
  return { code: 'CHECK_READ_BACK', reason }
}

function refusalOfFailures({ newFailures: { count, example } }: CheckInput, accepted: number): Refusal | null {
  if (count <= accepted) return null
  const such = example === null ? '' : `, e.g. ${example}`
  return { code: 'CHECK_FAILED_ROWS', reason: `${count} rows failed that did not fail in the live run${such}` }
}

function refusalOfLikeness({ findings }: CheckInput): Refusal | null {
  const reason = refusalOfFindings(findings)
  return reason === null ? null : { code: 'CHECK_UNLIKE', reason }
}

const LESS_THAN_A_ROW = 1e-6

/** An unproved run goes live automatically only if it hardly differs from the live one. */
function refusalOfUnproved({ counts, unproved, live }: CheckInput, share: number): Refusal | null {
  if (unproved.length === 0) return null
  const sent = `${unproved.join(' and ')} sent without totals`
  if (live === null) return { code: 'CHECK_UNPROVED', reason: `${sent}, and no live run to compare with` }
  const pairs: readonly (readonly [string, number, number])[] = [
    ['rows', live.counts.indexes.masterdoctorindex, counts.indexes.masterdoctorindex],
    ['rows with a trainee', live.counts.withTrainee, counts.withTrainee],
    ['rows without a trainee', live.counts.withoutTrainee, counts.withoutTrainee],
  ]
  // A share such as 0.29 is not exact in binary, so the product may be slightly less than a whole row.
  const far = pairs.filter(([, before, now]) => Math.abs(now - before) > before * share + LESS_THAN_A_ROW)
  if (far.length === 0) return null
  const figures = far.map(([what, before, now]) => `${what} from ${before} to ${now}`).join(', ')
  const percent = Math.round(share * 1000) / 10
  return {
    code: 'CHECK_UNPROVED',
    reason: `${sent}, and more than ${percent} % difference from the live run: ${figures}`,
  }
}
