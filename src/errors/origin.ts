/** Where an error comes from, for a log. */
export interface Origin {
  readonly name: string
  /** The innermost calls. */
  readonly at: readonly string[]
}

const MOST_CALLS = 8

/**
 * Where an error comes from, without its text, which may quote anything, and without what a driver attaches to its errors: that of
 * the search engine attaches the request, with what was searched for.
 */
export function originOf(error: unknown): Origin | undefined {
  if (!(error instanceof Error)) return undefined
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim())
  return { name: error.name, at: lines.filter((line) => /^at .*:\d+:\d+\)?$/.test(line)).slice(0, MOST_CALLS) }
}
