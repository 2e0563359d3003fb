import type { Run } from '../../../ports/run-ledger.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { dayInWords } from '../../words/instants.ts'
import { counted } from '../../words/numbers.ts'
import type { Decision } from './decision.ts'
import type { DecisionFacts } from './facts.ts'

/** Deleting what a run built that is held back. */
export function discarding(run: Run, { heldBack, live }: DecisionFacts): Decision {
  const path = runPath(run.id)
  return {
    heading: 'Discard this run',
    back: { text: runName(run), href: path },
    text: 'What this run built is deleted. This cannot be undone. What is live stays live.',
    details: [
      { key: 'Run', value: { text: runName(run), href: path } },
      { key: 'Data of', value: { text: dayInWords(run.day) } },
      { key: 'Will be deleted', value: { text: counted(heldBack?.counts?.masterdoctorindex, 'row') } },
      { key: 'Generation', value: { text: run.generation ?? 'Not known' } },
      {
        key: 'Stays live',
        value: { text: live === null ? 'Nothing is live yet' : counted(live.counts?.masterdoctorindex, 'row') },
      },
    ],
    seeAlso: { text: 'See what would change', href: `${path}/preview` },
    action: `${path}/discard`,
    button: 'Discard it',
    question: 'Why are you discarding it?',
    missing: 'Enter why you are discarding it, for example what you checked or who asked you',
    leave: { text: 'Cancel', href: path },
  }
}
