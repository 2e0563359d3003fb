import type { Context, Span, Tracer } from '@opentelemetry/api'
import type { GenerationId } from '../../ports/index-store.ts'
import type { Run, RunId, Stage } from '../../ports/run-ledger.ts'
import type { RunEvents } from '../../sync/events.ts'

/** What spans are made with. */
export interface SpanMaker {
  readonly tracer: Tracer
  readonly root: Context
  readonly contextOf: (span: Span) => Context
  /** Calls `start`, in which a new trace gets the id of this run. */
  readonly inTraceOf: <T>(run: RunId, start: () => T) => T
}

interface RunInProgress {
  readonly span: Span
  stage: { readonly name: Stage; readonly span: Span } | null
  generation: GenerationId | null
}

/**
 * The spans of the runs that this process leads, and of their stages. The id of a trace follows from the id of the run: a
 * writer that takes over continues the same trace.
 */
export class RunSpans {
  readonly #make: SpanMaker
  readonly #runs = new Map<RunId, RunInProgress>()

  constructor(events: RunEvents, make: SpanMaker) {
    this.#make = make
    events.on('run.pickedUp', ({ run }) => this.#begin(run))
    events.on('stage.started', ({ run, stage }) => this.#beginStage(run, stage))
    events.on('stage.finished', ({ run }) => this.#endStage(run.id))
    events.on('stage.progress', ({ run }) => this.#learn(run))
    events.on('run.restarted', ({ run, why: { cause } }) => {
      this.#endStage(run.id)
      this.#runs.get(run.id)?.span.addEvent('restarted', { 'reval.cause': cause })
    })
    events.on('run.ended', ({ run }) => this.#end(run))
    events.on('lease.lost', () => this.close())
  }

  /** The stage that a run is in, or the run between two stages; null if this process does not lead it. */
  contextOf(run: RunId): Context | null {
    const known = this.#runs.get(run)
    return known === undefined ? null : this.#make.contextOf(known.stage?.span ?? known.span)
  }

  /** The same for the run that builds this generation. */
  contextOfBuilding(generation: GenerationId): Context | null {
    const found = [...this.#runs].find(([, run]) => run.generation === generation)
    return found === undefined ? null : this.contextOf(found[0])
  }

  /** The stage, if a run of this process is in it. */
  contextOfStage(stage: Stage): Context | null {
    const found = [...this.#runs].find(([, run]) => run.stage?.name === stage)
    return found === undefined ? null : this.contextOf(found[0])
  }

  /** Ends what is open: another process, or this one later, continues the trace. */
  close(): void {
    for (const run of this.#runs.keys()) {
      this.#endStage(run)
      this.#runs.get(run)?.span.end()
    }
    this.#runs.clear()
  }

  #begin(run: Run): void {
    this.#runs.get(run.id)?.span.end()
    const { tracer, root, inTraceOf } = this.#make
    const attributes = { 'reval.run': run.id, 'reval.purpose': run.purpose, 'reval.day': run.day }
    const span = inTraceOf(run.id, () => tracer.startSpan(`run: ${run.purpose}`, { attributes, root: true }, root))
    this.#runs.set(run.id, { span, stage: null, generation: run.generation })
  }

  #beginStage(run: Run, stage: Stage): void {
    this.#endStage(run.id)
    const known = this.#runs.get(run.id)
    if (known === undefined) return
    this.#learn(run)
    const span = this.#make.tracer.startSpan(`stage: ${stage}`, {}, this.#make.contextOf(known.span))
    known.stage = { name: stage, span }
  }

  #learn({ id, generation }: Run): void {
    const known = this.#runs.get(id)
    if (known !== undefined) known.generation = generation
  }

  #endStage(run: RunId): void {
    const known = this.#runs.get(run)
    known?.stage?.span.end()
    if (known !== undefined) known.stage = null
  }

  #end({ id, state, failure }: Run): void {
    this.#endStage(id)
    const known = this.#runs.get(id)
    if (known === undefined) return
    known.span.setAttributes({ 'reval.state': state, ...(failure !== null && { 'reval.code': failure.code }) })
    known.span.end()
    this.#runs.delete(id)
  }
}
