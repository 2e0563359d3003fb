import type { Summary } from '../../components/summary.ts'
import type { Table } from '../../components/table.ts'
import type { FieldError, Link, Page } from '../../frame/page.ts'

/** A page that asks for confirmation, and for the reason. */
export interface DecisionModel {
  /** What the action does. */
  readonly text: string
  /** What speaks against it, or needs a look first. */
  readonly warnings: readonly string[]
  readonly details: Summary
  readonly effects: Table | null
  readonly seeAlso: Link | null
  readonly form: {
    readonly action: string
    readonly button: string
    readonly isWarning: boolean
    /** Hidden, besides those of every form. */
    readonly fields: readonly HiddenField[]
    /** The question above the field of the reason; null if none is asked for. */
    readonly question: string | null
    /** What was typed, after an error. */
    readonly why: string
    /** What the page showed (`installationSeen`). */
    readonly seen: string
    /** Leaves the page without doing anything. */
    readonly leave: Link
  }
}

export interface HiddenField {
  readonly name: string
  readonly value: string
}

/** What a decision is, before somebody typed. */
export interface Decision extends Pick<Page, 'heading' | 'back' | 'section'> {
  readonly text: string
  readonly warnings?: readonly string[]
  readonly details: Summary
  readonly effects?: Table | null
  readonly seeAlso?: Link | null
  readonly action: string
  readonly button: string
  /** False for what can be done at any time without harm. */
  readonly isWarning?: boolean
  readonly fields?: readonly HiddenField[]
  readonly question: string | null
  /** `Enter why you are making it live`: what the page says without a reason. */
  readonly missing: string
  readonly leave: Link
}

const FEWEST_CHARACTERS = 3
export const MOST_CHARACTERS = 500

/** The page of a decision; after a form with errors, with what was typed and what was seen then. */
export function decisionPage(
  decision: Decision,
  seen: string,
  typed: { readonly why: string; readonly errors: readonly FieldError[] } = { why: '', errors: [] },
): Page {
  const { heading, back, text, warnings = [], details, effects = null, seeAlso = null } = decision
  const { action, button, isWarning = true, fields = [], question, leave, section = 'Runs' } = decision
  const model: DecisionModel = {
    text,
    warnings,
    details,
    effects,
    seeAlso,
    form: { action, button, isWarning, fields, question, why: typed.why, seen, leave },
  }
  return {
    heading,
    template: 'decision',
    model,
    section,
    ...(back !== undefined && { back }),
    errors: typed.errors,
    status: typed.errors.length > 0 ? 400 : 200,
  }
}

/** The reason as it is kept: a browser sends lines with carriage returns, which it does not count. */
export function reasonIn(typed: string): string {
  return typed.replaceAll('\r\n', '\n').trim()
}

/** What is wrong with a reason; empty if nothing is. `missing` is the sentence for one that says nothing. */
export function reasonErrors(why: string, missing: string): readonly FieldError[] {
  if (why.length < FEWEST_CHARACTERS) return [{ field: 'why', text: missing }]
  if (why.length > MOST_CHARACTERS)
    return [{ field: 'why', text: `The reason must be ${MOST_CHARACTERS} characters or fewer` }]
  return []
}
