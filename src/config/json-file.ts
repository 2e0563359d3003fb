import { readFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * What a JSON file contains, for a setting that is the file's path; `unnamed` if no file is named. Faults of the file are faults of
 * the setting.
 */
export function jsonFile<T>(contents: z.ZodType<T>, unnamed: T): z.ZodType<T, string> {
  return z.string().transform((path, context): T => {
    if (path.trim() === '') return unnamed
    const fault = (message: string) => context.addIssue({ code: 'custom', message })
    const result = contents.safeParse(jsonIn(path, fault))
    if (result.success) return result.data
    // A file that cannot be read is reported already.
    if (context.issues.length === 0) {
      for (const { path: place, message } of result.error.issues) fault(`the file is invalid: ${at(place)} ${message}`)
    }
    return z.NEVER
  })
}

/** The JSON in a file; undefined, with a fault, if there is none. */
function jsonIn(path: string, fault: (reason: string) => void): unknown {
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
function at(place: readonly PropertyKey[]): string {
  const steps = place.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return steps.join('') || 'it'
}

/** Text in a file. */
export const filledText = z
  .string({ error: 'must be text' })
  .refine((value) => value.trim() !== '', 'must not be blank')
