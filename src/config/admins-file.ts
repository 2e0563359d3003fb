import { z } from 'zod'
import { at, jsonIn } from './json-file.ts'

/** An admin, as the clients offer them for choice. */
export interface Admin {
  readonly firstName: string
  readonly lastName: string
  readonly emailAddress: string
}

const text = z.string({ error: 'must be text' }).refine((value) => value.trim() !== '', 'must not be blank')
const file = z.array(z.strictObject({ firstName: text, lastName: text, emailAddress: text }), {
  error: 'must be a list',
})

/** Admins from a JSON file, `[{ "firstName": …, "lastName": …, "emailAddress": … }, …]`; none if no file is named. */
export function admins(): z.ZodType<readonly Admin[], string> {
  return z.string().transform((path, context): readonly Admin[] => {
    if (path.trim() === '') return []
    const fault = (message: string) => context.addIssue({ code: 'custom', message })
    const result = file.safeParse(jsonIn(path, fault))
    if (result.success) return result.data
    // A file that cannot be read is reported already.
    if (context.issues.length === 0) {
      for (const { path: place, message } of result.error.issues) fault(`the file is invalid: ${at(place)} ${message}`)
    }
    return z.NEVER
  })
}
