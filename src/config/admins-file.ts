import { z } from 'zod'
import { filledText, jsonFile } from './json-file.ts'

/** An admin, as the clients offer them for choice. */
export interface Admin {
  readonly firstName: string
  readonly lastName: string
  readonly emailAddress: string
}

const file = z.array(z.strictObject({ firstName: filledText, lastName: filledText, emailAddress: filledText }), {
  error: 'must be a list',
})

/** Admins from a JSON file, `[{ "firstName": …, "lastName": …, "emailAddress": … }, …]`; none if no file is named. */
export function admins(): z.ZodType<readonly Admin[], string> {
  return jsonFile<readonly Admin[]>(file, [])
}
