import type { Run } from '../../../ports/run-ledger.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { STAGE_NAMES } from '../../runs/stage-rows.ts'
import { duration } from '../../words/durations.ts'
import { counted } from '../../words/numbers.ts'
import { person } from '../../words/people.ts'
import { isOver } from '../../../sync/run-state.ts'
import type { Decision } from './decision.ts'

/** Ending the run that is in progress. */
export function cancelling(run: Run, now: number): Decision {
  const path = runPath(run.id)
  const stages = Object.values(run.stages)
  const rows = stages.reduce((sum, stage) => sum + stage.rows + (stage.unjoined?.written ?? 0), 0)
  const { state } = run
  return {
    heading: 'Cancel this run',
    back: { text: runName(run), href: path },
    text: 'The run ends. What is live stays live. What it has built so far is deleted.',
    details: [
      { key: 'Run', value: { text: runName(run), href: path } },
      { key: 'Stage', value: { text: isOver(state) ? state : STAGE_NAMES[state] } },
      { key: 'Rows so far', value: { text: counted(rows, 'row') } },
      { key: 'Running for', value: { text: duration((now - run.requestedAt) / 1000) } },
      { key: 'Asked for by', value: { text: person(run.requestedBy) } },
    ],
    action: `${path}/cancel`,
    button: 'Cancel the run',
    question: 'Why are you cancelling it?',
    missing: 'Enter why you are cancelling it, for example what you saw or who asked you',
    leave: { text: 'Go on with the run', href: path },
  }
}
