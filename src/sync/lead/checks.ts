import type { ErrorCode } from '../../errors/codes.ts'
import type { GenerationCounts } from '../../ports/index-store.ts'
import type { Manifest, SendStage, Totals } from '../../ports/run-ledger.ts'
import type { SyncSettings } from '../context.ts'

/** All that checking looks at before a generation may go live by itself. */
export interface Evidence {
  readonly counts: GenerationCounts
  readonly trainees: { readonly totals: Totals; readonly manifest: Manifest }
  readonly doctors: { readonly totals: Totals; readonly manifest: Manifest }
  /** The stages whose sender announced nothing: their totals are what came. */
  readonly unproved: readonly SendStage[]
  /** Reasons that connection read at the source. */
  readonly reasonsRead: number
  /** Failed rows that did not fail with the same code in the live run, and one of them. */
  readonly newFailures: { readonly count: number; readonly example: string | null }
  /** What is live; null before the first promotion. */
  readonly live: { readonly counts: GenerationCounts; readonly doctorsSent: number } | null
}

export interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
}

/**
 * Why a generation may not go live by itself; null when it may. The checks that find the gravest fault come first.
 * Source: design, "Checking".
 */
export function refusalOf(
  evidence: Evidence,
  settings: Pick<SyncSettings, 'maxShrink' | 'acceptFailures' | 'unprovedShare'>,
): Refusal | null {
  return (
    emptiness(evidence) ??
    miscount(evidence) ??
    newFailures(evidence, settings.acceptFailures) ??
    shrinkage(evidence, settings.maxShrink) ??
    lackOfProof(evidence, settings.unprovedShare)
  )
}

function emptiness({ counts, trainees, doctors, reasonsRead, live }: Evidence): Refusal | null {
  if (counts.indexes.masterdoctorindex === 0) {
    return { code: 'CHECK_EMPTY', reason: 'the generation has no rows' }
  }
  if (live === null) return null
  const empty =
    trainees.totals.rows === 0 && live.counts.withTrainee > 0
      ? 'TCS gave no trainees'
      : doctors.totals.rows === 0 && live.doctorsSent > 0
        ? 'the GMC data gave no doctors'
        : reasonsRead === 0 && live.counts.withReason > 0
          ? 'the exception logs gave no reasons'
          : null
  return empty === null ? null : { code: 'CHECK_SOURCE_EMPTY', reason: `${empty}, and the live run had some` }
}

function miscount({ counts, trainees, doctors, unproved }: Evidence): Refusal | null {
  const { indexes } = counts
  const master = indexes.masterdoctorindex
  const pairs: readonly (readonly [string, number, number, SendStage?])[] = [
    ['messages of trainees announced and received', trainees.totals.messages, trainees.manifest.messages],
    ['trainees announced and received', trainees.totals.rows, trainees.manifest.rows],
    ['messages of doctors announced and received', doctors.totals.messages, doctors.manifest.messages],
    ['doctors announced and received', doctors.totals.rows, doctors.manifest.rows],
    [
      'trainees received and rows with a trainee',
      trainees.manifest.rows - trainees.manifest.failedRows,
      counts.withTrainee,
      'trainees',
    ],
    ['doctors without a trainee and rows without one', doctors.manifest.ownRows, counts.withoutTrainee, 'doctors'],
    ['rows, and those in connected and disconnected', master, indexes.connectedindex + indexes.disconnectedindex],
    ['rows, and those in recommendation', master, indexes.recommendationindex],
  ]
  const wrong = pairs.find(([, left, right, stage]) => {
    // Messages without a number are counted each time they come: there may be fewer rows then, and never more.
    const mayBeFewer = stage !== undefined && unproved.includes(stage)
    return mayBeFewer ? left < right : left !== right
  })
  return wrong === undefined ? null : { code: 'CHECK_COUNTS', reason: `${wrong[0]}: ${wrong[1]} and ${wrong[2]}` }
}

function newFailures({ newFailures: { count, example } }: Evidence, accepted: number): Refusal | null {
  if (count <= accepted) return null
  const such = example === null ? '' : `, such as ${example}`
  return { code: 'CHECK_FAILED_ROWS', reason: `${count} rows failed that had not in the live run${such}` }
}

const LESS_THAN_A_ROW = 1e-6

function shrinkage({ counts, live }: Evidence, maxShrink: number): Refusal | null {
  if (live === null) return null
  const before = live.counts.indexes.masterdoctorindex
  const now = counts.indexes.masterdoctorindex
  // A share such as 0.29 has no exact value in binary: the product may lie a little below the whole row it stands for.
  if (before - now <= before * maxShrink + LESS_THAN_A_ROW) return null
  const percent = Math.round((1 - now / before) * 1000) / 10
  return { code: 'CHECK_SHRUNK', reason: `from ${before} rows to ${now}, ${percent} % fewer` }
}

/** A run that nothing proves goes live by itself only where it is much like what is live, which somebody looked at. */
function lackOfProof({ counts, unproved, live }: Evidence, share: number): Refusal | null {
  if (unproved.length === 0) return null
  const sent = `${unproved.join(' and ')} came from a sender that told no totals`
  if (live === null) return { code: 'CHECK_UNPROVED', reason: `${sent}, and nothing is live to compare with` }
  const pairs: readonly (readonly [string, number, number])[] = [
    ['rows', live.counts.indexes.masterdoctorindex, counts.indexes.masterdoctorindex],
    ['rows with a trainee', live.counts.withTrainee, counts.withTrainee],
    ['rows without a trainee', live.counts.withoutTrainee, counts.withoutTrainee],
  ]
  const far = pairs.filter(([, before, now]) => Math.abs(now - before) > before * share + LESS_THAN_A_ROW)
  if (far.length === 0) return null
  const figures = far.map(([what, before, now]) => `${what} from ${before} to ${now}`).join(', ')
  const percent = Math.round(share * 1000) / 10
  return { code: 'CHECK_UNPROVED', reason: `${sent}, and more than ${percent} % differ from what is live: ${figures}` }
}
