import { compareByCodePoint } from '../../../src/domain/text.ts'
import { whenText, type Trial } from './trial.ts'

/** A row of the table: all trials of a fault at one time. */
interface Row {
  readonly fault: string
  readonly when: string
  readonly times: string
  readonly lost: string
  readonly seconds: string
}

/** A fault's rows together, whichever test file ended first. */
function rowsOf(trials: readonly Trial[]): Row[] {
  const groups = Map.groupBy(trials, ({ fault, when }) => `${fault} ${when}`)
  const rows = [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const seconds = group.flatMap((each) => each.seconds ?? []).sort((a, b) => a - b)
    return {
      fault: first.fault,
      when: whenText(first.when),
      times: String(group.length),
      lost: String(group.reduce((sum, { lost }) => sum + lost, 0)),
      seconds: secondsText(seconds),
    }
  })
  return rows.sort((a, b) => compareByCodePoint(a.fault, b.fault))
}

/** The median, and the longest where there are several. */
function secondsText(sorted: readonly number[]): string {
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  const longest = sorted.at(-1)
  if (middle === undefined || longest === undefined) return ''
  return sorted.length === 1 ? middle.toFixed(1) : `${middle.toFixed(1)} (${longest.toFixed(1)})`
}

export function trialsText(trials: readonly Trial[]): string {
  const lines = rowsOf(trials).map(
    ({ fault, when, times, lost, seconds }) => `${fault}, ${when}: ${times} times, ${lost} lost, ${seconds} s`,
  )
  return ['', 'faults:', ...lines, ''].join('\n')
}

export function reliabilityPage(
  trials: readonly Trial[],
  { date, machine }: { readonly date: string; readonly machine: string },
): string {
  const lines = rowsOf(trials).map((row) => `| ${Object.values(row).join(' | ')} |`)
  return `# Reliability

What happens to the documents of the five indexes when something fails. \`npm run test:faults -- --write\` writes this page from its trials; these are of ${date}, on a
machine with ${machine} that ran all servers and services: RabbitMQ, ElasticMQ, MariaDB, mongo-java-server and OpenSearch. CI tries each fault
once.

- Each fault hits an installation with the sample (1,351 doctors). Once all is quiet, every document of the five indexes is compared, field by
  field, with what the rules give for what the sources then hold; where there is a previous generation, its documents too.
- The lists are tables where processes are killed and where tables are filled, and views elsewhere.
- **Lost**: documents that are missing or differ. A trial with one, or with a surplus document, fails.
- **Seconds**: from the end of the fault (the server answers again, the connection works, the process is gone) until the run is live, or
  until all changes are visible. The median, and the longest in parentheses. The lease of the writer is 5 s, that of a sender 8 s.

| fault | when | times tried | documents lost | seconds until live again |
| ----- | ---- | ----------- | -------------- | ------------------------ |
${lines.join('\n')}
`
}
