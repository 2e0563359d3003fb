import { inChunks } from '../../domain/chunks.ts'
import type { Day } from '../../domain/day.ts'
import type { Doctor } from '../../domain/doctor.ts'
import type { Field } from '../../domain/fields.ts'
import { confusedRows, wordsOf } from '../../domain/java/confused-rows.ts'
import type { Tied } from '../../domain/java/explanation.ts'
import { javaIdOf } from '../../domain/java/java-documents.ts'
import { isOursIn, javaDifferences, type JavaDifference, type RowPair } from '../../domain/java/java-differences.ts'
import { explain } from '../../domain/java/java-rules.ts'
import { JavaTally, type ExplainedDifference, type JavaSummary } from '../../domain/java/java-tally.ts'
import { tiedOutcomes } from '../../domain/java/tied-recommendations.ts'
import { INDEX_NAMES, type IndexName } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Generation, IndexStore, ScannedRow } from '../../ports/index-store.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import type { DoctorSource } from '../../ports/sources.ts'
import { findGeneration } from '../generations.ts'
import { readInstallation, readRun } from '../records.ts'
import { comparedRun, type ComparedRun } from './compared-runs.ts'
import { isInPart, JavaRows, type Part } from './java-rows.ts'
import { surveyOf, type JavaSurvey } from './java-survey.ts'
import { SharedWords } from './shared-words.ts'

interface JavaCompareTools {
  readonly ledger: RunLedger
  readonly store: IndexStore
  /** All recommendations of these doctors, by stored `_id`; those that cannot be read are absent. */
  readonly recommendationsOf: NonNullable<DoctorSource['recommendationsOf']>
}

export interface JavaCompareRequest {
  /** As `comparedRun` takes it; null for the run that is held back, or else live. */
  readonly run: string | null
  /** Null for all. */
  readonly list: IndexName | null
  /** The most unexplained differences that the summary lists. */
  readonly mostListed: number
}

/** How many rows one pass compares at most, so that memory stays flat: the Java indexes have up to five documents of each. */
const ROWS_AT_ONCE = 50_000

/** The most rows that only the Java indexes have, in a part of the differences. */
const SURPLUS_AT_ONCE = 1_000

/**
 * The comparison of a generation with the indexes that the Java services built and `reval adopt --indexes` took over, in all five
 * indexes, field by field. Our lists are those of the day of the generation.
 *
 * The ids of Java documents are random and tell no order, so documents are looked up: one pass takes the documents of some of the rows
 * into memory and streams our rows past them. Rows that share a word of their numbers wait for each other, because the Java services confuse them.
 */
export class JavaComparison {
  readonly ours: ComparedRun
  readonly java: Generation
  readonly day: Day
  readonly #tools: JavaCompareTools
  readonly #list: IndexName | null
  readonly #tally: JavaTally
  #survey: JavaSurvey = { rows: 0, shared: new SharedWords(), unknown: [] }

  private constructor(
    tools: JavaCompareTools,
    sides: Pick<JavaComparison, 'ours' | 'java' | 'day'>,
    { list, mostListed }: JavaCompareRequest,
  ) {
    this.ours = sides.ours
    this.java = sides.java
    this.day = sides.day
    this.#tools = tools
    this.#list = list
    this.#tally = new JavaTally(mostListed)
  }

  /**
   * Only looks up which generations there are. Rejects NOTHING_ADOPTED; as `comparedRun` does; GENERATION_UNKNOWN for the generation
   * of the Java services itself.
   */
  static async of(tools: JavaCompareTools, request: JavaCompareRequest): Promise<JavaComparison> {
    const { ledger, store } = tools
    const { java: adopted, heldBack } = await readInstallation(ledger)
    const java = adopted === null ? undefined : await findGeneration(store, adopted.generation)
    if (java === undefined) throw new RevalError('NOTHING_ADOPTED', 'no indexes of the Java services were adopted')
    const ours = await comparedRun({ ledger, store }, request.run ?? (heldBack === null ? 'live' : 'held-back'))
    if (ours.generation === java.id) {
      const reason = `the generation of run ${ours.run} (${ours.kept}) is what the Java services built; make one to compare: reval sync --preview`
      throw new RevalError('GENERATION_UNKNOWN', reason, { details: { run: ours.run } })
    }
    const { day } = await readRun(ledger, ours.run)
    return new JavaComparison(tools, { ours, java, day }, request)
  }

  /** Fields that are not compared, because no Java document has them. Known after the differences were read. */
  get unknown(): readonly Field[] {
    return this.#survey.unknown
  }

  /** All differences, as they are found. Call it once. Rejects as `IndexStore.rows` does, and with the reason of the signal. */
  async *differences(signal?: AbortSignal): AsyncGenerator<readonly ExplainedDifference[]> {
    const { ours, java, day } = this
    this.#survey = await surveyOf(this.#tools.store, { ours: ours.generation, java: java.id, day }, signal)
    const passes = Math.max(1, Math.ceil(this.#survey.rows / ROWS_AT_ONCE))
    const confused: RowPair[] = []
    for (let at = 0; at < passes; at += 1) yield* this.#pass({ at, of: passes }, confused, signal)
    for (const group of confusedRows(confused)) {
      signal?.throwIfAborted()
      const found = await this.#explained(group.map((pair) => ({ pair, group })))
      if (found.length > 0) yield found
    }
  }

  /** Compares everything, for the summary alone. */
  async summarize(signal?: AbortSignal): Promise<JavaSummary> {
    const parts = this.differences(signal)
    while ((await parts.next()).done !== true);
    return this.summary()
  }

  /** What `differences` has found so far. */
  summary(): JavaSummary {
    return this.#tally.summary()
  }

  async *#pass(
    part: Part,
    confused: RowPair[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly ExplainedDifference[]> {
    const java = await JavaRows.read(this.#tools.store, { generation: this.java.id, day: this.day, part }, signal)
    for (const index of INDEX_NAMES) this.#tally.addRows(index, { ours: 0, java: java.counts.get(index) ?? 0 })
    for await (const batch of this.#tools.store.rows(this.ours.generation)) {
      signal?.throwIfAborted()
      const alone: Grouped[] = []
      for (const scanned of batch) {
        const pair = this.#paired(scanned, part, java)
        if (pair === null) continue
        if (wordsOf(pair).some((word) => this.#survey.shared.isShared(word))) confused.push(pair)
        else alone.push({ pair, group: [] })
      }
      const found = await this.#explained(alone)
      if (found.length > 0) yield found
    }
    for (const ids of inChunks(java.remaining(), SURPLUS_AT_ONCE)) {
      signal?.throwIfAborted()
      yield await this.#explained(ids.map((id) => ({ pair: { id, ours: null, java: java.take(id) }, group: [] })))
    }
  }

  /** A row of this part with its documents; null for a row of another. */
  #paired(scanned: ScannedRow, part: Part, java: JavaRows): RowPair | null {
    const ours = scanned.read()
    const javaId = javaIdOf(ours.row)
    if (!isInPart(javaId, part)) return null
    const pair = { id: ours.row.id, ours, java: java.take(javaId) }
    for (const index of INDEX_NAMES) {
      if (isOursIn(index, pair, this.day)) this.#tally.addRows(index, { ours: 1, java: 0 })
    }
    return pair
  }

  async #explained(pairs: readonly Grouped[]): Promise<readonly ExplainedDifference[]> {
    const options = { day: this.day, unknown: this.#survey.unknown }
    const differing = pairs.flatMap(({ pair, group }) => {
      const found = javaDifferences(pair, options).filter(({ index }) => this.#list === null || index === this.#list)
      return found.length === 0 ? [] : [{ pair, group, found }]
    })
    const tied = await this.#tied(differing.flatMap(doctorsInQuestion))
    return differing.flatMap(({ pair, group, found }) => {
      const context = { ...options, pair, others: group.filter((other) => other !== pair), tied }
      const explained = found.map((each) => ({ ...each, rule: explain(each, context) }))
      for (const each of explained) this.#tally.add(each)
      return explained
    })
  }

  /** What the latest recommendations of these doctors would show. */
  async #tied(doctors: readonly Doctor[]): Promise<Tied> {
    if (doctors.length === 0) return new Map()
    const known = await this.#tools.recommendationsOf(doctors.map(({ gmcReferenceNumber: id }) => id))
    return new Map(
      doctors.flatMap(({ gmcReferenceNumber: id, underNotice }) => {
        const recommendations = known.get(id) ?? []
        return recommendations.length === 0 ? [] : [[id, tiedOutcomes(underNotice, recommendations, this.day)]]
      }),
    )
  }
}

/** A row, and those that the Java services confuse with it; none for a row alone. */
interface Grouped {
  readonly pair: RowPair
  readonly group: readonly RowPair[]
}

/** The doctors whose recommendations may explain a difference. */
function doctorsInQuestion({ pair, group, found }: Grouped & { readonly found: readonly JavaDifference[] }): Doctor[] {
  const doctorOf = ({ ours }: RowPair) => ours?.row.parts.doctor ?? []
  const own = [doctorOf(pair)].flat()
  if (found.some(({ field }) => field === 'gmcStatus')) return [...own, ...group.flatMap(doctorOf)]
  return own.filter(({ underNotice }) => underNotice === null)
}
