import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DESIGNATED_BODIES, type DesignatedBodies } from '../domain/designated-bodies.ts'

const text = z.string({ error: 'must be text' }).refine((value) => value.trim() !== '', 'must not be blank')
const list = 'must be a non-empty list'
const body = z.strictObject({ code: text, owners: z.array(text, { error: list }).min(1, list) })
const bodies = z
  .array(body, { error: list })
  .min(1, list)
  .superRefine((all, context) => {
    all.forEach(({ code }, index) => {
      if (all.findIndex((each) => each.code === code) === index) return
      context.addIssue({ code: 'custom', path: [index, 'code'], message: 'duplicates the code of an earlier body' })
    })
  })

/**
 * Designated bodies from a JSON file, `[{ "code": …, "owners": [… ] }, …]`, in order of precedence; the built-in ones if
 * no file is named. Faults of the file are faults of the setting.
 */
export function designatedBodies(): z.ZodType<DesignatedBodies, string> {
  return z.string().transform((path, context): DesignatedBodies => {
    if (path.trim() === '') return DESIGNATED_BODIES
    const fault = (message: string) => context.addIssue({ code: 'custom', message })
    const result = bodies.safeParse(jsonIn(path, fault))
    if (result.success) return result.data
    // A file that cannot be read is reported already.
    if (context.issues.length === 0) {
      for (const { path: place, message } of result.error.issues) fault(`the file is invalid: ${at(place)} ${message}`)
    }
    return z.NEVER
  })
}

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
