import type * as z from 'zod'
import { FIELDS } from '../domain/fields.ts'
import { JAVA_RULES } from '../domain/java/java-rules.ts'
import type { ExplainedDifference } from '../domain/java/java-tally.ts'
import type { JavaComparison } from '../sync/compare/compare-with-java.ts'
import { csvLine } from './csv.ts'
import type { JAVA_COMPARISON } from './json/java-comparison.ts'
import { instant } from './json/parts.ts'

export type JavaComparisonView = z.infer<typeof JAVA_COMPARISON>

/** The comparison as programs read it, after its differences were read. */
export function javaComparisonView(comparison: JavaComparison): JavaComparisonView {
  const { ours, day, java } = comparison
  const { rows, explained, unexplained, listed } = comparison.summary()
  return {
    ours: { generation: ours.generation, run: ours.run, kept: ours.kept },
    day,
    java: { generation: java.id, adoptedAt: instant(java.createdAt) },
    rows,
    explained: explained.map(({ rule, differences, examples }) => {
      const { reference, here } = JAVA_RULES[rule]
      return { rule, reference, here, differences, examples: [...examples] }
    }),
    unexplained: { differences: unexplained, listed: [...listed] },
    notCompared: FIELDS.filter((field) => comparison.unknown.includes(field)),
  }
}

/** As CSV (RFC 4180): a line for each difference, intended ones too, with the values of both sides: personal data. Null is empty. */
export async function* javaCsvOf(differences: AsyncIterable<readonly ExplainedDifference[]>): AsyncGenerator<string> {
  let head = 'index,id,kind,field,java,ours,rule\r\n'
  for await (const some of differences) {
    yield (
      head +
      some
        .map(({ index, id, kind, field, java, ours, rule }) => csvLine([index, id, kind, field, java, ours, rule]))
        .join('')
    )
    head = ''
  }
  yield head
}
