import type { DesignatedBodies } from '../../domain/designated-bodies.ts'

/** A designated body with the first programme owner that it answers for as its name: the table has no names. */
export function bodyName(code: string, bodies: DesignatedBodies): string {
  return bodies.find((body) => body.code === code)?.owners[0] ?? code
}

/** `North East (1-1RSSQ1B)`; the code alone for a body that is not configured. */
export function bodyInWords(code: string, bodies: DesignatedBodies): string {
  const name = bodyName(code, bodies)
  return name === code ? code : `${name} (${code})`
}

/** An option of a select. */
export interface Choice {
  readonly value: string
  readonly text: string
  readonly selected: boolean
}

/** A select of the configured bodies, by name; `all` is the text of its first option, which has no value. */
export function bodyChoices(bodies: DesignatedBodies, selected: string | null, all: string): readonly Choice[] {
  const choices = bodies.map(({ code }) => ({ value: code, text: bodyInWords(code, bodies) }))
  // One from a link, such as a code that was replaced, is not dropped silently.
  const unknown = selected === null || choices.some(({ value }) => value === selected) ? [] : [selected]
  return [
    { value: '', text: all },
    ...choices.toSorted((a, b) => a.text.localeCompare(b.text, 'en-GB')),
    ...unknown.map((code) => ({ value: code, text: code })),
  ].map((choice) => ({ ...choice, selected: choice.value === (selected ?? '') }))
}
