import { readFileSync } from 'node:fs'

/** The JSON in a file that a setting names; undefined, with a fault, if there is none. */
export function jsonIn(path: string, fault: (reason: string) => void): unknown {
  try {
    // Windows editors start a file with a byte order mark.
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    fault(error instanceof SyntaxError ? `the file is not JSON: ${reason}` : `cannot read the file: ${reason}`)
    return undefined
  }
}

/** The JSON path of an issue, such as `[2].owners[0]`; `it` for the whole file. */
export function at(place: readonly PropertyKey[]): string {
  const steps = place.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return steps.join('') || 'it'
}
