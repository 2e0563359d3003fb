import type { Day } from '../../domain/day.ts'
import type { Field } from '../../domain/fields.ts'
import { confusedRows, wordsOf } from '../../domain/java/confused-rows.ts'
import { javaIdOf } from '../../domain/java/java-documents.ts'
import { isOursIn, javaDifferences, type RowPair } from '../../domain/java/java-differences.ts'
import { explain } from '../../domain/java/java-rules.ts'
import { JavaTally, type ExplainedDifference, type JavaSummary } from '../../domain/java/java-tally.ts'
import { INDEX_NAMES, type IndexName } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Generation, IndexStore, ScannedRow } from '../../ports/index-store.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'
import { readInstallation, readRun } from '../records.ts'
import { comparedRun, type ComparedRun } from './compared-runs.ts'
import { isInPart, JavaRows, type Part } from './java-rows.ts'
import { SharedWords } from './shared-words.ts'

interface JavaCompareTools {
  readonly ledger: RunLedger
  readonly store: IndexStore
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

/** A field that the Java services of 2022 do not know. Newer ones do: then the master index has it in some document. */
const NEWER_FIELDS: readonly Field[] = ['placementGrade']

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
  readonly #store: JavaCompareTools['store']
  readonly #list: IndexName | null
  readonly #tally: JavaTally
  readonly #shared = new SharedWords()
  #unknown: readonly Field[] = NEWER_FIELDS

  private constructor(
    store: JavaCompareTools['store'],
    sides: Pick<JavaComparison, 'ours' | 'java' | 'day'>,
    { list, mostListed }: JavaCompareRequest,
  ) {
    this.ours = sides.ours
    this.java = sides.java
    this.day = sides.day
    this.#store = store
    this.#list = list
    this.#tally = new JavaTally(mostListed)
  }

  /**
   * Only looks up which generations there are. Rejects NOTHING_ADOPTED; as `comparedRun` does; GENERATION_UNKNOWN for the generation
   * of the Java services itself.
   */
  static async of({ ledger, store }: JavaCompareTools, request: JavaCompareRequest): Promise<JavaComparison> {
    const { java: adopted, heldBack } = await readInstallation(ledger)
    const java = (await store.generations()).find(({ id }) => id === adopted?.generation)
    if (java === undefined) throw new RevalError('NOTHING_ADOPTED', 'no indexes of the Java services were adopted')
    const ours = await comparedRun({ ledger, store }, request.run ?? (heldBack === null ? 'live' : 'held-back'))
    if (ours.generation === java.id) {
      const reason = `the generation of run ${ours.run} (${ours.kept}) is what the Java services built; make one to compare: reval sync --preview`
      throw new RevalError('GENERATION_UNKNOWN', reason, { details: { run: ours.run } })
    }
    const { day } = await readRun(ledger, ours.run)
    return new JavaComparison(store, { ours, java, day }, request)
  }

  /** Fields that are not compared, because no Java document has them. Known after the differences were read. */
  get unknown(): readonly Field[] {
    return this.#unknown
  }

  /** All differences, as they are found. Call it once. Rejects as `IndexStore.rows` does, and with the reason of the signal. */
  async *differences(signal?: AbortSignal): AsyncGenerator<readonly ExplainedDifference[]> {
    const passes = Math.max(1, Math.ceil((await this.#survey(signal)) / ROWS_AT_ONCE))
    const confused: RowPair[] = []
    for (let at = 0; at < passes; at += 1) yield* this.#pass({ at, of: passes }, confused, signal)
    for (const group of confusedRows(confused)) {
      signal?.throwIfAborted()
      const found = group.flatMap((pair) => this.#explained(pair, group))
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

  /** Finds out which words of numbers are shared, and which fields the Java services know. Resolves with the rows of the larger side. */
  async #survey(signal: AbortSignal | undefined): Promise<number> {
    let rows = 0
    for await (const batch of this.#store.rows(this.ours.generation)) {
      signal?.throwIfAborted()
      for (const scanned of batch) this.#shared.add(wordsOf({ ours: scanned.read() }))
      rows += batch.length
    }
    let masters = 0
    for await (const document of this.#store.documents(this.java.id, 'masterdoctorindex', this.day)) {
      signal?.throwIfAborted()
      masters += 1
      this.#unknown = this.#unknown.filter((field) => document[field] === undefined)
    }
    return Math.max(rows, masters)
  }

  async *#pass(
    part: Part,
    confused: RowPair[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly ExplainedDifference[]> {
    const java = await JavaRows.read(this.#store, { generation: this.java.id, day: this.day, part }, signal)
    for (const index of INDEX_NAMES) this.#tally.addRows(index, { ours: 0, java: java.counts.get(index) ?? 0 })
    for await (const batch of this.#store.rows(this.ours.generation)) {
      signal?.throwIfAborted()
      const found = batch.flatMap((scanned) => {
        const pair = this.#paired(scanned, part, java)
        if (pair === null) return []
        if (!wordsOf(pair).some((word) => this.#shared.isShared(word))) return this.#explained(pair, [])
        confused.push(pair)
        return []
      })
      if (found.length > 0) yield found
    }
    const surplus = java.remaining().flatMap((id) => this.#explained({ id, ours: null, java: java.take(id) }, []))
    if (surplus.length > 0) yield surplus
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

  #explained(pair: RowPair, group: readonly RowPair[]): ExplainedDifference[] {
    const options = { day: this.day, unknown: this.#unknown }
    const found = javaDifferences(pair, options).filter(({ index }) => this.#list === null || index === this.#list)
    if (found.length === 0) return []
    const context = { ...options, pair, others: group.filter((other) => other !== pair), tied: new Map() }
    const explained = found.map((each) => ({ ...each, rule: explain(each, context) }))
    for (const each of explained) this.#tally.add(each)
    return explained
  }
}
