import { FIELDS, type Field } from '../domain/fields.ts'
import { clausesOf, type ListReason } from '../domain/list-reasons.ts'
import type { Parts, RowId } from '../domain/row.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { RefreshCause } from '../ports/changes.ts'
import { answerTo, likelyReasons, placesLooked } from '../sync/explain/answer.ts'
import type {
  ExplainedFailure,
  ExplainedGeneration,
  ExplainedPerson,
  Explanation,
  Kept,
  ResyncPlan,
  SharedNumber,
  Value,
} from '../sync/explain/explanation.ts'
import type { Known } from '../sync/explain/known.ts'
import { changesView, type ChangesView } from './changes-view.ts'
import { failureView, type FailureView } from './failure-view.ts'
import { instant } from './json/parts.ts'

/** A part of the answer, or why it is not known: one of them is null. */
export interface KnownView<T> {
  readonly value: T | null
  readonly notKnown: { readonly code: ErrorCode; readonly reason: string } | null
}

export interface ListView extends Omit<ListReason, 'rules'> {
  /** The rules that decided, as one text. */
  readonly because: string
  readonly rules: ListReason['rules']
}

/** A row as a generation has it. */
export interface StoredRowView {
  readonly id: RowId
  /** The fields that are not null. */
  readonly fields: Readonly<Partial<Record<Field, Value>>>
  readonly parts: Parts
  /** The refresh that last wrote it; null if it is as its run wrote it. */
  readonly refreshed: { readonly at: string | null; readonly causes: readonly RefreshCause[] } | null
  /** The keys that the store searches by and that do not follow from the parts: another program changed the row. */
  readonly wrongKeys: readonly string[]
  /** The fields whose values differ in live; null for rows of live, and if live does not have the row. */
  readonly differsFromLive: readonly string[] | null
}

export interface GenerationView extends Pick<ExplainedGeneration, 'kept' | 'generation' | 'run' | 'runState' | 'day'> {
  readonly createdAt: string | null
  readonly finishedAt: string | null
  readonly rows: KnownView<readonly StoredRowView[]>
}

export interface PersonView {
  readonly personId: number
  readonly surname: string | null
  readonly forenames: string | null
  /** As stored. */
  readonly gmcNumber: string | null
  readonly role: string | null
  readonly excludedBecause: string | null
  readonly memberships: readonly {
    readonly programme: string | null
    readonly owner: string | null
    readonly type: string | null
    readonly start: string | null
    readonly end: string | null
    readonly curriculumEnds: readonly (string | null)[]
    /** On the day of live; null if a date is impossible. */
    readonly isCurrent: boolean | null
  }[]
  readonly placements: readonly {
    readonly grade: string | null
    readonly from: string | null
    readonly to: string | null
  }[]
}

export interface DoctorView {
  /** As stored. */
  readonly storedId: string
  /** The fields that are not null, as stored. */
  readonly fields: Readonly<Record<string, string | boolean>>
  readonly latestRecommendation: Readonly<Record<string, string | null>> | null
  /** Another document has the same number after trimming, so both are refused. */
  readonly sharesNumber: boolean
}

/** All that is known of a key, as in the HTTP response and in `--json`: instants as ISO 8601. It holds personal data. */
export interface ExplainView {
  readonly key: string
  /** Whether anything is known of the key. */
  readonly isKnown: boolean
  /** Sentences, the most important one first. */
  readonly answer: readonly string[]
  readonly at: string | null
  /** The day on which the lists were read. */
  readonly today: string
  readonly meanings: Explanation['meanings']
  /** For each row of live, the five lists. */
  readonly rows: readonly { readonly id: RowId; readonly lists: readonly ListView[] }[]
  readonly generations: readonly GenerationView[]
  readonly sources: {
    readonly persons: KnownView<readonly PersonView[]>
    readonly doctors: KnownView<readonly DoctorView[]>
    /** By GMC number. */
    readonly exceptionReasons: KnownView<Readonly<Record<string, string>>>
  }
  readonly sharedNumbers: readonly SharedNumber[]
  readonly resync: KnownView<ResyncPlan>
  readonly failures: readonly (Omit<ExplainedFailure, 'at'> & { readonly at: string | null })[]
  readonly deadLetters: KnownView<readonly FailureView[]>
  readonly changes: ChangesView | null
  /** The places that were searched. */
  readonly looked: readonly string[]
  /** Why the key may be unknown; empty if something is known. */
  readonly likely: readonly string[]
}

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
