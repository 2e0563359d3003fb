import { byIndex, type IndexName } from '../lists.ts'
import { JAVA_RULE_NAMES, type JavaRuleName } from './java-rules.ts'
import type { JavaDifference } from './java-differences.ts'

/** A difference, and the rule that explains it; null if none does. */
export type ExplainedDifference = JavaDifference & { readonly rule: JavaRuleName | null }

/** Where something differs, without values. */
export type DifferencePlace = Pick<JavaDifference, 'index' | 'id' | 'kind' | 'field'>

type ByIndex<T> = Readonly<Record<IndexName, T>>

export interface JavaSummary {
  /** How many rows each side has. */
  readonly rows: ByIndex<{ readonly ours: number; readonly java: number }>
  /** The differences that each rule made, in the order of the rules; rules without any are absent. */
  readonly explained: readonly {
    readonly rule: JavaRuleName
    readonly differences: ByIndex<number>
    readonly examples: readonly DifferencePlace[]
  }[]
  readonly unexplained: ByIndex<number>
  /** The first of them. */
  readonly listed: readonly DifferencePlace[]
}

/** The most examples of a rule. */
const EXAMPLES = 3

export function sumOf(counts: ByIndex<number>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0)
}

/** Adds up a comparison with the Java indexes. Its size does not grow with the rows. */
export class JavaTally {
  readonly #mostListed: number
  readonly #rows = byIndex(() => ({ ours: 0, java: 0 }))
  readonly #explained = new Map<
    JavaRuleName,
    { readonly counts: Record<IndexName, number>; readonly examples: DifferencePlace[] }
  >()
  readonly #unexplained = byIndex(() => 0)
  readonly #listed: DifferencePlace[] = []

  constructor(mostListed: number) {
    this.#mostListed = mostListed
  }

  addRows(index: IndexName, { ours, java }: { readonly ours: number; readonly java: number }): void {
    this.#rows[index].ours += ours
    this.#rows[index].java += java
  }

  add({ index, id, kind, field, rule }: ExplainedDifference): void {
    const place = { index, id, kind, field }
    if (rule === null) {
      this.#unexplained[index] += 1
      if (this.#listed.length < this.#mostListed) this.#listed.push(place)
      return
    }
    const made = this.#explained.get(rule) ?? { counts: byIndex(() => 0), examples: [] }
    made.counts[index] += 1
    if (made.examples.length < EXAMPLES) made.examples.push(place)
    this.#explained.set(rule, made)
  }

  summary(): JavaSummary {
    const explained = JAVA_RULE_NAMES.flatMap((rule) => {
      const made = this.#explained.get(rule)
      return made === undefined ? [] : [{ rule, differences: { ...made.counts }, examples: [...made.examples] }]
    })
    return {
      rows: byIndex((index) => ({ ...this.#rows[index] })),
      explained,
      unexplained: { ...this.#unexplained },
      listed: [...this.#listed],
    }
  }
}
