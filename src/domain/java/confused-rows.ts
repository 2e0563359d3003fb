import type { RowPair } from './java-differences.ts'
import { numberWords } from './number-words.ts'

/** The words of a row's number by which the Java services may confuse it with others. */
export function wordsOf({ ours }: Pick<RowPair, 'ours'>): readonly string[] {
  return ours === null ? [] : numberWords(ours.document.gmcReferenceNumber)
}

/**
 * The rows in groups within which the Java services confuse them: those whose numbers share a word, directly or by way of others. A row
 * that shares none is alone.
 */
export function confusedRows(pairs: readonly RowPair[]): readonly (readonly RowPair[])[] {
  const joined = new Joined()
  const groups = new Map<string, RowPair[]>()
  for (const pair of pairs) joined.join(wordsOf(pair))
  const alone: RowPair[][] = []
  for (const pair of pairs) {
    const [word] = wordsOf(pair)
    if (word === undefined) {
      alone.push([pair])
      continue
    }
    const name = joined.nameOf(word)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [pair])
    else group.push(pair)
  }
  return [...groups.values(), ...alone]
}

/** Words that belong together, by the name of their group, which is one of them. */
class Joined {
  readonly #next = new Map<string, string>()

  join([first, ...others]: readonly string[]): void {
    if (first === undefined) return
    for (const other of others) {
      const name = this.nameOf(other)
      if (name !== this.nameOf(first)) this.#next.set(name, this.nameOf(first))
    }
  }

  nameOf(word: string): string {
    let name = word
    for (let next = this.#next.get(name); next !== undefined; next = this.#next.get(name)) name = next
    return name
  }
}
