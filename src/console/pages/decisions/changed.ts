import type { Run, RunId } from '../../../ports/run-ledger.ts'
import type { SeenChange, SeenField } from '../../../sync/lead/installation-seen.ts'
import type { Cell, Table } from '../../components/table.ts'
import type { Link, Page } from '../../frame/page.ts'
import { runName, runPath } from '../../runs/run-name.ts'
import { instant } from '../../words/instants.ts'

export interface ChangedModel {
  readonly text: string
  readonly changes: Table
  readonly link: Link
}

const FIELDS: Readonly<Record<SeenField, string>> = {
  live: 'What is live',
  previous: 'What can be gone back to',
  heldBack: 'Held back',
  current: 'Run in progress',
  movedAt: 'The lists last moved',
}

/** The page in place of a decision that was made on something else: what was seen, and what is now. */
export function changedPage(
  changes: readonly SeenChange[],
  runs: ReadonlyMap<RunId, Pick<Run, 'id' | 'requestedAt' | 'purpose'>>,
  { link, now }: { readonly link: Link; readonly now: number },
): Page {
  const valueOf = (value: SeenChange['was']): Cell => {
    if (value === null) return { text: 'None' }
    if (typeof value === 'number') return { time: instant(value, now, 'seconds') }
    const run = runs.get(value)
    return run === undefined ? { text: value } : { text: runName(run), href: runPath(run.id) }
  }
  const model: ChangedModel = {
    text: 'Nothing was done. Look at what is now, and decide again.',
    changes: {
      caption: 'What changed',
      columns: [{ text: 'What' }, { text: 'You saw' }, { text: 'Now' }],
      rows: changes.map(({ field, was, now: present }) => [{ text: FIELDS[field] }, valueOf(was), valueOf(present)]),
    },
    link,
  }
  return {
    heading: 'Something changed while you were deciding',
    template: 'changed',
    model,
    section: 'Runs',
    status: 409,
  }
}

/** The runs that the changes name. */
export function runsIn(changes: readonly SeenChange[]): readonly RunId[] {
  const values = changes.flatMap(({ was, now }) => [was, now])
  return [...new Set(values.filter((value) => typeof value === 'string'))]
}
