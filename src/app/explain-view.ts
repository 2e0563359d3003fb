import type * as z from 'zod'
import { FIELDS, type Field } from '../domain/fields.ts'
import { clausesOf } from '../domain/list-reasons.ts'
import type { RowId } from '../domain/row.ts'
import { answerTo, likelyReasons, placesLooked } from '../sync/explain/answer.ts'
import type { ExplainedGeneration, ExplainedPerson, Explanation, Kept, Value } from '../sync/explain/explanation.ts'
import type { Known } from '../sync/explain/known.ts'
import { changesView } from './changes-view.ts'
import { failureView } from './failure-view.ts'
import type { EXPLANATION } from './json/explanation.ts'
import { instant } from './json/parts.ts'

/** All that is known of a key, as in the HTTP response and in `--json`: instants as ISO 8601. It holds personal data. */
export type ExplainView = z.infer<typeof EXPLANATION>
/** A part of the answer, or why it is not known: one of them is null. */
export type KnownView<T> = Omit<ExplainView['resync'], 'value'> & { readonly value: T | null }
export type GenerationView = ExplainView['generations'][number]
/** A row as a generation has it. */
export type StoredRowView = NonNullable<GenerationView['rows']['value']>[number]
export type PersonView = NonNullable<ExplainView['sources']['persons']['value']>[number]
export type DoctorView = NonNullable<ExplainView['sources']['doctors']['value']>[number]

export function explainView(explanation: Explanation): ExplainView {
  const { key, isKnown, at, today, meanings, live, generations, sources, shared, resync, failures, changes } =
    explanation
  return {
    key,
    isKnown,
    answer: answerTo(explanation),
    at: instant(at),
    today,
    meanings,
    rows: live.map(({ id, lists }) => ({ id, lists: lists.map((list) => ({ ...list, because: clausesOf(list) })) })),
    generations: generations.map((generation) => generationView(generation, generations)),
    sources: {
      persons: knownView(sources.persons, (persons) => persons.map(personView)),
      doctors: knownView(sources.documents, (records) =>
        records.map(({ doctor: { storedId, ...fields }, latest, sharesNumber }) => ({
          storedId,
          fields: withoutNulls(fields),
          latestRecommendation: latest && { ...latest },
          sharesNumber,
        })),
      ),
      exceptionReasons: knownView(sources.reasons, (reasons) => Object.fromEntries(reasons)),
    },
    tables: knownView(explanation.tables, (differences) => differences),
    sharedNumbers: shared,
    resync: knownView(resync, (plan) => plan),
    failures: failures.map((failure) => ({ ...failure, at: instant(failure.at) })),
    deadLetters: knownView(explanation.deadLetters, (letters) => letters.map(failureView)),
    changes: changes && changesView(changes, at),
    looked: placesLooked(explanation),
    likely: isKnown ? [] : likelyReasons(explanation),
  }
}

function knownView<T, View>(known: Known<T>, view: (value: T) => View): KnownView<View> {
  return known.isKnown
    ? { value: view(known.value), notKnown: null }
    : { value: null, notKnown: { code: known.code, reason: known.reason } }
}

function withoutNulls<T>(fields: Readonly<Record<string, T | null>>): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
}

function generationView(
  { kept, generation, run, runState, day, createdAt, finishedAt, rows }: ExplainedGeneration,
  all: readonly ExplainedGeneration[],
): GenerationView {
  return {
    kept,
    generation,
    run,
    runState,
    day,
    createdAt: instant(createdAt),
    finishedAt: instant(finishedAt),
    rows: knownView(rows, (stored) =>
      stored.map(({ row, document, origin, wrongKeys }) => ({
        id: row.id,
        fields: withoutNulls<string | number | boolean>(document),
        parts: row.parts,
        refreshed: origin && { at: instant(origin.at), causes: origin.causes },
        wrongKeys,
        differsFromLive: differing(kept, row.id, document, all),
      })),
    ),
  }
}

/** The fields that have another value in live. */
function differing(
  kept: Kept,
  id: RowId,
  document: Readonly<Record<Field, Value>>,
  all: readonly ExplainedGeneration[],
): readonly string[] | null {
  const live = all.find((each) => each.kept === 'live')
  if (kept === 'live' || live?.rows.isKnown !== true) return null
  const same = live.rows.value.find(({ row }) => row.id === id)
  if (same === undefined) return null
  return FIELDS.filter((field) => document[field] !== same.document[field])
}

function personView({ person, excludedBecause, isCurrent }: ExplainedPerson): PersonView {
  const { personId, surname, forenames, gmcDetails, role, memberships, placements } = person
  return {
    personId,
    surname,
    forenames,
    gmcNumber: gmcDetails?.gmcNumber ?? null,
    role,
    excludedBecause,
    memberships: memberships.map((membership, at) => ({
      programme: membership.programme?.programmeName ?? null,
      owner: membership.programme?.owner ?? null,
      type: membership.programmeMembershipType,
      start: membership.programmeStartDate,
      end: membership.programmeEndDate,
      curriculumEnds: membership.curriculumEndDates,
      isCurrent: isCurrent[at] ?? null,
    })),
    placements: placements.map(({ gradeId, dateFrom, dateTo }) => ({ grade: gradeId, from: dateFrom, to: dateTo })),
  }
}
