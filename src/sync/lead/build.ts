import type { GenerationId } from '../../ports/index-store.ts'
import type { Run, SendStage, ServiceName, Totals, RunEvidence } from '../../ports/run-ledger.ts'
import type { RunWorkspace } from '../../ports/run-workspace.ts'
import type { WriterContext } from '../lease/writer.ts'
import type { JoinTarget } from '../receive/receive-rows.ts'
import { RowSample } from '../receive/row-sample.ts'
import { StageManifest } from '../receive/stage-manifest.ts'
import { UnprovedSender } from '../receive/unproved-sender.ts'
import type { ReasonsReading } from './reasons-reading.ts'
import type { TableFilling } from './table-filling.ts'
import type { UnjoinedWriting } from './unjoined-writing.ts'

/** How many rows are read back before the generation goes live. */
const SAMPLED_ROWS = 100

/**
 * What the writer knows about the generation it is building. It is kept in memory and in the workspace and is lost with
 * the process; another writer restarts the run.
 */
export class Build implements JoinTarget {
  readonly generation: GenerationId
  readonly workspace: RunWorkspace
  readonly store: WriterContext['store']
  readonly sample = new RowSample(SAMPLED_ROWS)
  readonly reasons: ReasonsReading
  readonly unjoined: UnjoinedWriting
  /** Null if the lists of the generation are views. */
  readonly tables: TableFilling | null
  /** The reported totals of complete stages; for senders without headers, those of what was received. */
  readonly totals = new Map<SendStage, Totals>()
  /** Keys of the journal that were refreshed so far. */
  caughtUp = 0
  readonly lists = new Map<ServiceName, NonNullable<RunEvidence['lists'][ServiceName]>>()
  readonly #manifests = new Map<SendStage, StageManifest>()
  readonly #unproved = new Map<SendStage, UnprovedSender>()

  constructor(
    { store }: Pick<WriterContext, 'store'>,
    parts: { readonly generation: GenerationId; readonly workspace: RunWorkspace } & Pick<
      Build,
      'reasons' | 'unjoined' | 'tables'
    >,
  ) {
    this.store = store
    this.generation = parts.generation
    this.workspace = parts.workspace
    this.reasons = parts.reasons
    this.unjoined = parts.unjoined
    this.tables = parts.tables
  }

  /** The manifest of a stage; a new one for a new attempt. */
  manifest(stage: SendStage, attempt: string): StageManifest {
    const known = this.#manifests.get(stage)
    if (known?.attempt === attempt) return known
    const manifest = new StageManifest(attempt)
    this.#manifests.set(stage, manifest)
    return manifest
  }

  /** The manifest of a stage so far; null before its claim. */
  manifestOf(stage: SendStage): StageManifest | null {
    return this.#manifests.get(stage) ?? null
  }

  /** The sender without headers of a stage. */
  unproved({ clock }: Pick<WriterContext, 'clock'>, run: Run, stage: SendStage): UnprovedSender {
    const known = this.#unproved.get(stage) ?? new UnprovedSender(clock, run)
    this.#unproved.set(stage, known)
    return known
  }

  /** Whether a sender without headers has sent anything. */
  hasUnproved(stage: SendStage): boolean {
    return this.#unproved.get(stage)?.hasMessages === true
  }

  async close(): Promise<void> {
    await Promise.all([this.reasons.stop(), this.tables?.stop()])
    await this.workspace.close()
  }
}
