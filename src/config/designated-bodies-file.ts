import { z } from 'zod'
import { DESIGNATED_BODIES, type DesignatedBodies } from '../domain/designated-bodies.ts'
import { at, jsonIn } from './json-file.ts'

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
