import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { doctorKeys, hintedKeyText, type HintedKey } from '../../messages/hint.ts'
import type { ChangedKey } from '../../ports/run-workspace.ts'
import type { DoctorSource } from '../../ports/sources.ts'
import type { WriterContext } from '../lease/writer.ts'
import { withGrace } from '../wait/grace.ts'
import { persist } from '../wait/persist.ts'
import type { ChangeApplier } from './apply-changes.ts'
import type { PendingChange } from './change-inbox.ts'
import type { ChangesReport } from './changes-report.ts'
import { endsTheTerm, isOfABackend, passing } from './errors-of-changes.ts'
import type { Causes } from './row-origins.ts'

/** How long a batch may continue when the writer stops; then its messages are redelivered. */
const GRACE_MS = 5_000

/**
 * An earlier writer may have read a record in the sources before its change was announced: it may have begun to write the rows of
 * messages that are delivered for the first time now. A change is announced within this time.
 */
const OVERTAKEN_MS = 60_000

/** What a batch of changes is refreshed with. */
export interface ChangeTools {
  readonly applier: ChangeApplier
  readonly doctors: Pick<DoctorSource, 'doctorsOfRecommendations'>
  readonly report: ChangesReport
}

/** A message whose keys were refreshed. */
export interface RefreshedChange {
  readonly change: PendingChange
  /** Why it is dead-lettered; null if it is acknowledged. */
  readonly fault: RevalError | null
}

export type EndChanges = (changes: readonly RefreshedChange[]) => void

/**
 * Refreshes the keys of messages. While a backend is down, the batch is retried for as long as it takes. After any other
 * error each half is tried on its own, so that one bad message does not stop the others.
 */
export class ChangeBatches {
  readonly #context: WriterContext
  readonly #tools: ChangeTools
  readonly #end: EndChanges
  readonly #termBeganAt: number

  constructor(context: WriterContext, tools: ChangeTools, end: EndChanges) {
    this.#context = context
    this.#tools = tools
    this.#end = end
    this.#termBeganAt = context.clock.now()
  }

  /**
   * Resolves once every message is acknowledged or dead-lettered; once the signal is aborted, some may be neither. Rejects
   * if this process is no longer the writer.
   */
  async refresh(batch: readonly PendingChange[], signal: AbortSignal): Promise<void> {
    let attempts = 0
    await this.#orElse(
      signal,
      'refreshing changes',
      () => {
        attempts += 1
        return this.#attempt(batch, attempts > 1)
      },
      async () => {
        const [only, second] = batch
        if (only === undefined) return
        if (second === undefined) return this.#tryAlone(only, signal)
        const middle = Math.ceil(batch.length / 2)
        await this.refresh(batch.slice(0, middle), signal)
        if (!signal.aborted) await this.refresh(batch.slice(middle), signal)
      },
    )
  }

  /** A message that failed alone is tried once more after another key was refreshed. */
  async #tryAlone(change: PendingChange, signal: AbortSignal): Promise<void> {
    const attempt = async () => {
      await this.#probe()
      await this.#attempt([change], true)
    }
    await this.#orElse(signal, 'refreshing a change', attempt, async (fault) => this.#end([{ change, fault }]))
  }

  /** Retries the action after transient errors. After any other error, does something else instead. */
  async #orElse(
    signal: AbortSignal,
    doing: string,
    action: () => Promise<void>,
    otherwise: (error: RevalError) => Promise<void>,
  ): Promise<void> {
    try {
      const grace = { graceMs: GRACE_MS, signal, doing }
      await persist(this.#context, { doing, signal }, () => withGrace(this.#context, grace, action))
    } catch (error) {
      if (signal.aborted) return
      const coded = asRevalError(error)
      if (endsTheTerm(coded)) throw coded
      this.#context.events.emit('warning', { doing, error: coded })
      await otherwise(coded)
    }
  }

  /** Resolves if other keys can be refreshed now. Any error counts as transient. */
  async #probe(): Promise<void> {
    try {
      await this.#tools.doctors.doctorsOfRecommendations([NO_RECOMMENDATION])
      await this.#tools.applier.apply([NO_PERSON], 'traineeChanged')
    } catch (error) {
      const fault = passing(asRevalError(error))
      this.#tools.report.failed(fault)
      throw fault
    }
  }

  #attempt(batch: readonly PendingChange[], isAgain: boolean): Promise<void> {
    const deliveries = batch.map(({ delivery }) => delivery)
    const attempt = () => this.#attemptOnce(batch, isAgain)
    return this.#context.tracing?.group('refresh changes', deliveries, attempt) ?? attempt()
  }

  async #attemptOnce(batch: readonly PendingChange[], isAgain: boolean): Promise<void> {
    const { report, applier } = this.#tools
    const startedAt = this.#context.clock.monotonic()
    try {
      const found = await this.#find(batch)
      const { keys, causes } = merged(found)
      // A writer may have died between writing rows and announcing them.
      const redelivered = found.filter(({ change }) => change.delivery.deliveries > 1 && !change.isRepeat)
      const announce = isAgain ? 'all' : redelivered.flatMap((each) => each.keys)
      const mendTables = announce.length > 0 || batch.some(({ sentAt }) => sentAt < this.#termBeganAt + OVERTAKEN_MS)
      const applied = await applier.apply(keys, causes, announce, { mendTables })
      this.#end(found)
      report.refreshed(batch, { keys: keys.length, applied, startedAt })
    } catch (error) {
      const coded = asRevalError(error)
      const fault = isOfABackend(coded) ? passing(coded) : coded
      report.failed(fault)
      throw fault
    }
  }

  /** Looks up the doctors of the recommendations that messages name. */
  async #find(batch: readonly PendingChange[]): Promise<readonly FoundKeys[]> {
    const ids = new Set(batch.flatMap(({ keys }) => keys.flatMap(recommendationIn)))
    const doctors = ids.size === 0 ? NO_DOCTORS : await this.#tools.doctors.doctorsOfRecommendations([...ids])
    return batch.map((change) => foundKeys(change, doctors))
  }
}

/** The keys of a message once the doctors of its recommendations were looked up. */
interface FoundKeys extends RefreshedChange {
  readonly keys: readonly ChangedKey[]
}

const NO_DOCTORS: ReadonlyMap<string, string> = new Map()

function recommendationIn(key: HintedKey): readonly string[] {
  return key.kind === 'recommendation' ? [key.recommendationId] : []
}

function foundKeys(change: PendingChange, doctors: ReadonlyMap<string, string>): FoundKeys {
  let { fault } = change
  const keys = change.keys.flatMap((key): readonly ChangedKey[] => {
    if (key.kind !== 'recommendation') return [key]
    const storedId = doctors.get(key.recommendationId)
    if (storedId !== undefined) return doctorKeys(storedId).flatMap(changedKeyIn)
    fault ??= new RevalError('CHANGE_KEY_MISSING', `names only recommendation ${key.recommendationId}, which is gone`)
    return []
  })
  return { change, keys, fault }
}

function changedKeyIn(key: HintedKey): readonly ChangedKey[] {
  return key.kind === 'recommendation' ? [] : [key]
}

/** The keys of messages, each once, and the channels that each came through. */
function merged(found: readonly FoundKeys[]): { readonly keys: readonly ChangedKey[]; readonly causes: Causes } {
  const all = found.flatMap(({ change: { channel }, keys }) => keys.map((key) => ({ key, channel })))
  const groups = Map.groupBy(all, ({ key }) => hintedKeyText(key))
  return {
    keys: [...groups.values()].flatMap(([first]) => first?.key ?? []),
    causes: new Map([...groups].map(([text, each]) => [text, each.map(({ channel }) => channel)])),
  }
}

const NO_PERSON: ChangedKey = { kind: 'person', tcsPersonId: 0 }
const NO_RECOMMENDATION = '000000000000000000000000'
