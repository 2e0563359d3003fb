import type { JavaComparisonView } from '../app/java-comparison-view.ts'
import { sumOf } from '../domain/java/java-tally.ts'
import { INDEX_NAMES } from '../domain/lists.ts'
import { count, idText, indented, table } from './output.ts'

/** A comparison with the Java indexes: the figures by rule, and the first differences that no rule explains. */
export function javaComparisonLines(view: JavaComparisonView, limit: number): string[] {
  const { ours, day, java, rows, explained, unexplained, notCompared } = view
  const intended = explained.reduce((sum, { differences }) => sum + sumOf(differences), 0)
  return [
    sentence(sumOf(unexplained.differences), intended),
    `here: run ${ours.run} (${ours.kept}), lists on ${day}; Java: generation ${java.generation}, adopted ${java.adoptedAt}`,
    ...indented(
      table(
        ['', ...INDEX_NAMES],
        [
          ['rows here', ...INDEX_NAMES.map((index) => count(rows[index].ours))],
          ['rows of Java', ...INDEX_NAMES.map((index) => count(rows[index].java))],
          ...explained.map(({ rule, differences }) => [rule, ...INDEX_NAMES.map((index) => count(differences[index]))]),
          ['unexplained', ...INDEX_NAMES.map((index) => count(unexplained.differences[index]))],
        ],
      ),
    ),
    ...(notCompared.length === 0 ? [] : [`not compared, because no Java document has it: ${notCompared.join(', ')}`]),
    ...unexplainedLines(view, limit),
  ]
}

function sentence(unexplained: number, intended: number): string {
  if (unexplained === 0) return `Nothing is unexplained: ${count(intended)} intended differences`
  const verb = unexplained === 1 ? 'difference is' : 'differences are'
  return `${count(unexplained)} ${verb} unexplained, ${count(intended)} intended`
}

function unexplainedLines({ unexplained: { differences, listed } }: JavaComparisonView, limit: number): string[] {
  const total = sumOf(differences)
  const first = listed.slice(0, limit)
  if (first.length === 0) return []
  const title = first.length < total ? `first ${count(first.length)} of ${count(total)} unexplained:` : 'unexplained:'
  const lines = first.map(({ index, id, kind, field }) => [kind, index, idText(id), field ?? ''])
  return [title, ...indented(table(['what', 'index', 'row', 'field'], lines).slice(1))]
}
