import type * as z from 'zod'
import { unsuitable } from './remote-errors.ts'

/**
 * A value as its schema describes it. The schemas name every field, and later versions add some: what a schema does not know is
 * left out. Throws INSTALLATION_UNSUITABLE, without values, for anything else.
 */
export function readAnswer<T>(schema: z.ZodType<T>, value: unknown, asked: string): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const { issues } = read.error
  if (issues.every(({ code }) => code === 'unrecognized_keys')) {
    for (const issue of issues) if (issue.code === 'unrecognized_keys') removeKeys(value, issue.path, issue.keys)
    return readAnswer(schema, value, asked)
  }
  const places = issues.filter(({ code }) => code !== 'unrecognized_keys').map(({ path }) => path.join('.') || 'all')
  throw unsuitable(`answers with something unexpected in ${places.slice(0, 3).join(', ')}`, asked)
}

function removeKeys(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  const found = path.reduce<unknown>((at, name) => (isObject(at) ? Reflect.get(at, name) : undefined), value)
  if (isObject(found)) for (const key of keys) Reflect.deleteProperty(found, key)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
