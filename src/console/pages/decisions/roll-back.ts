import { runName, runPath } from '../../runs/run-name.ts'
import { dayInWords, fullInstant } from '../../words/instants.ts'
import { NOT_KNOWN } from '../../words/numbers.ts'
import type { Cell } from '../../components/table.ts'
import type { Decision } from './decision.ts'
import type { DecisionFacts, KeptFacts } from './facts.ts'
import { effectsTable, movesBackOf } from './list-effects.ts'
import { rowsText } from './promote.ts'

/** Going back to the lists of the run before. */
export function rollingBack(live: KeptFacts, previous: KeptFacts, facts: DecisionFacts): Decision {
  const { compared } = facts
  const back = { text: 'Overview', href: '/console' }
  const to = previous.run === null ? 'the run before' : `the run of ${dayInWords(previous.run.day)}`
  return {
    heading: 'Go back to the run before',
    back,
    text: `All five lists move back to ${to} at once. ${changesSince(previous, facts)} If you roll back again, you return to what is live now.`,
    details: [
      { key: 'From', value: named(live) },
      { key: 'To', value: named(previous) },
      { key: 'It was live', value: liveBefore(previous, facts) },
      {
        key: 'Rows',
        value: { text: rowsText(previous.counts?.masterdoctorindex, live.counts?.masterdoctorindex) },
      },
    ],
    effects: effectsTable({
      now: live.counts,
      afterwards: previous.counts,
      moves: compared.previous && movesBackOf(compared.previous),
    }),
    seeAlso: { text: 'See what the last run changed', href: `${runPath(live.kept.run)}/preview` },
    action: '/console/rollback',
    button: 'Roll back',
    question: 'Why are you rolling back?',
    missing: 'Enter why you are rolling back, for example what you checked or who asked you',
    leave: { text: 'Cancel', href: back.href },
  }
}

/** What the Java services built is as it was when it was taken. */
function changesSince({ kept, run }: KeptFacts, { installation: { java } }: DecisionFacts): string {
  if (kept.generation !== java?.generation) return 'Changes that came in since then are in it too.'
  const asOf = run?.finishedAt == null ? 'when they were taken' : fullInstant(run.finishedAt).text
  return `They are the lists of the Java services as of ${asOf}. Changes that came in since then are not in them, and new ones wait for the next run.`
}

function named({ run, kept }: KeptFacts): Cell {
  if (run === null) return { text: kept.run }
  return { text: runName(run), href: runPath(run.id), lines: [`Data of ${dayInWords(run.day)}`] }
}

/** From when to when; moves of the lists that are not on record any more leave it open. */
function liveBefore({ kept }: KeptFacts, { installation: { history } }: DecisionFacts): Cell {
  const until = history.find(({ from }) => from?.generation === kept.generation)?.at
  const since = history.find(({ to, at }) => to.generation === kept.generation && at < (until ?? Infinity))?.at
  if (since === undefined || until === undefined) return { text: NOT_KNOWN }
  return { text: `${fullInstant(since).text} to ${fullInstant(until).text}` }
}
