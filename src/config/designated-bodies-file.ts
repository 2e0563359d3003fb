import { z } from 'zod'
import { DESIGNATED_BODIES, type DesignatedBodies } from '../domain/designated-bodies.ts'
import { filledText, jsonFile } from './json-file.ts'

const list = 'must be a non-empty list'
const body = z.strictObject({ code: filledText, owners: z.array(filledText, { error: list }).min(1, list) })
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
 * no file is named.
 */
export function designatedBodies(): z.ZodType<DesignatedBodies, string> {
  return jsonFile<DesignatedBodies>(bodies, DESIGNATED_BODIES)
}
