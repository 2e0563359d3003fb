import type { ShownFailure } from '../../../sync/failures/show-failure.ts'
import type { Summary, SummaryRow } from '../../components/summary.ts'
import type { Link } from '../../frame/page.ts'
import { instant } from '../../words/instants.ts'
import { count, NOT_KNOWN } from '../../words/numbers.ts'
import { codeInWords, doctorHref, failureHref, keyInWords, placeInWords, remedyOf } from './words.ts'

export interface OneFailureModel {
  readonly details: Summary
  readonly remedy: string
  readonly doctors: readonly Link[]
  /** The message of a dead letter. */
  readonly message: {
    readonly headers: Summary
    readonly body: string
    /** About a body that is not shown in full. */
    readonly cut: string | null
  } | null
  /** Shows values, or hides them again. */
  readonly values: Link
  readonly choose: { readonly fields: readonly { readonly name: string; readonly value: string }[] } | null
}

/** A longer body is shown in part. */
const MOST_CHARACTERS = 50_000
const MOST_DOCTORS = 20

export function oneFailureModel(
  failure: ShownFailure,
  { hasValues, mayOperate, now }: { readonly hasValues: boolean; readonly mayOperate: boolean; readonly now: number },
): OneFailureModel {
  const { id, place, code, reason, at, keys, generation, message } = failure
  const href = failureHref(id)
  return {
    details: [
      { key: 'What', value: { text: message === null ? keyInWords(id.slice(id.indexOf('/') + 1)) : 'Dead letter' } },
      { key: message === null ? 'Where' : 'Queue', value: { text: placeInWords(place) } },
      ...(generation === null
        ? []
        : [{ key: 'Missing from', value: { text: generation === 'live' ? 'What is live' : 'The run in progress' } }]),
      { key: 'Reason', value: { text: codeInWords(code), lines: [code] } },
      { key: 'Details', value: { text: reason } },
      { key: 'When', value: at === null ? { text: NOT_KNOWN } : { time: instant(at, now, 'seconds') } },
    ],
    remedy: remedyOf(code),
    doctors: keys.slice(0, MOST_DOCTORS).flatMap((key) => {
      const to = doctorHref(key)
      return to === null ? [] : [{ text: keyInWords(key), href: to }]
    }),
    message: message && {
      headers: Object.entries(message.attributes).map(([key, value]): SummaryRow => ({ key, value: { text: value } })),
      body: pretty(message.body).slice(0, MOST_CHARACTERS),
      cut:
        message.body.length <= MOST_CHARACTERS
          ? null
          : `Only the first ${count(MOST_CHARACTERS)} characters are shown. The command reval failures show has all.`,
    },
    values: hasValues
      ? { text: 'Hide values', href }
      : {
          text: 'Show values: names and dates become visible, and the audit log records it',
          href: `${href}?values=yes`,
        },
    choose: mayOperate ? { fields: fieldsFor(failure) } : null,
  }
}

function fieldsFor({ id, message, place }: ShownFailure): readonly { readonly name: string; readonly value: string }[] {
  return [
    { name: 'place', value: message === null ? 'rows' : place },
    { name: 'which', value: 'selected' },
    { name: 'ids', value: id },
  ]
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    // Not JSON: shown as it is.
    return body
  }
}
