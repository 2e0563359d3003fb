import { FIELDS } from '../../../domain/fields.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import type { StoredRow } from '../../../ports/index-store.ts'
import type { FailedRow } from '../../../ports/run-ledger.ts'
import { causesWords } from '../../../sync/explain/answer.ts'
import type { Happening, Timeline } from '../../components/timeline.ts'
import { valueOf } from '../../frame/reading.ts'
import { runPath } from '../../runs/run-name.ts'
import { FIELD_WORDS, valueInWords } from '../../words/fields.ts'
import { dayInWords, fullInstant } from '../../words/instants.ts'
import type { Tag } from '../../words/states.ts'
import type { KeptRow, RowFacts } from './read-row.ts'

const TAGS: Readonly<Record<KeptRow['run']['kept'], Tag>> = {
  live: { word: 'Live now', colour: 'green' },
  previous: { word: 'Live before', colour: 'aqua-green' },
  'held back': { word: 'Held back', colour: 'orange' },
}

/**
 * What is still known of how the row came about, newest first: how each kept generation got it, the change that last wrote it there,
 * and its failures. Earlier changes are not kept.
 */
export function historyOf({ kept, failures }: RowFacts, bodies: DesignatedBodies): Timeline {
  const dated: readonly (readonly [at: number | null, happening: Happening])[] = [
    ...kept.flatMap((each) => [...changeOf(each), ...runOf(each, kept, bodies)]),
    ...(valueOf(failures) ?? []).map((failure) => [failure.at, failureOf(failure)] as const),
  ]
  return dated.toSorted(([a], [b]) => (b ?? -Infinity) - (a ?? -Infinity)).map(([, happening]) => happening)
}

function changeOf({ run, stored }: KeptRow): readonly (readonly [number, Happening])[] {
  const origin = valueOf(stored)?.origin ?? null
  if (origin === null) return []
  const title = `Last written by ${causesWords(origin.causes)}`
  return [[origin.at, { time: fullInstant(origin.at, 'seconds'), title, tag: TAGS[run.kept] }]]
}

function runOf(
  { run, stored }: KeptRow,
  kept: readonly KeptRow[],
  bodies: DesignatedBodies,
): readonly (readonly [number | null, Happening])[] {
  const at = run.finishedAt ?? run.createdAt
  const about = { time: at === null ? null : fullInstant(at, 'seconds'), href: runPath(run.run), tag: TAGS[run.kept] }
  const day = dayInWords(run.day)
  if (!stored.known) return [[at, { ...about, title: `Run with the data of ${day}: its row is not known` }]]
  if (stored.value === null) return [[at, { ...about, title: `Not in the run with the data of ${day}` }]]
  const against = kept.find((each) => each.run.kept === COMPARED[run.kept])
  const before = against?.stored.known === true ? against.stored.value : null
  const lines = before === null ? [] : differencesIn(before, stored.value, bodies)
  const than =
    lines.length === 0 ? '' : `, compared with the ${COMPARED[run.kept] === 'live' ? 'live run' : 'run before'}`
  return [[at, { ...about, title: `In the run with the data of ${day}${than}`, lines }]]
}

/** Which other generation shows what a generation changed. */
const COMPARED: Readonly<Record<KeptRow['run']['kept'], KeptRow['run']['kept'] | null>> = {
  live: 'previous',
  previous: null,
  'held back': 'live',
}

/** `Designated body: North East (1-1RSSQ1B) → Not given`, for each field that differs. */
function differencesIn(before: StoredRow, after: StoredRow, bodies: DesignatedBodies): readonly string[] {
  return FIELDS.flatMap((field) => {
    const [from, to] = [before.document[field], after.document[field]]
    if (from === to) return []
    return [`${FIELD_WORDS[field]}: ${valueInWords(field, from, bodies)} → ${valueInWords(field, to, bodies)}`]
  })
}

function failureOf({ at, reason, stage }: FailedRow): Happening {
  return {
    time: at === null ? null : fullInstant(at, 'seconds'),
    title: stage === 'refresh' ? 'Failed when a change was applied' : `Failed in the stage ${stage} of a run`,
    tag: { word: 'Failed', colour: 'red' },
    lines: [reason],
  }
}
