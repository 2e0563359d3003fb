import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { RESULTS, type Result } from '../src/app/json/results.ts'
import { table } from './markdown.ts'

/** The parts of JSON Schema that the page shows. */
const SCHEMA = z.looseObject({
  id: z.string().optional(),
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  get anyOf() {
    return z.array(SCHEMA).optional()
  },
  get items() {
    return SCHEMA.optional()
  },
  get properties() {
    return z.record(z.string(), SCHEMA).optional()
  },
  get additionalProperties() {
    return z.union([z.boolean(), SCHEMA]).optional()
  },
  get $defs() {
    return z.record(z.string(), SCHEMA).optional()
  },
})
type Schema = z.infer<typeof SCHEMA>

const anchor = (name: string) => name.toLowerCase().replaceAll(' ', '-')

/** The page of everything that programs may read: see `RESULTS`. */
export function jsonPage(): string {
  const objects = new Map<string, Schema>()
  const read = (schema: z.ZodType) => {
    const { $defs = {}, ...found } = SCHEMA.parse(z.toJSONSchema(schema))
    for (const [id, each] of Object.entries($defs)) {
      const other = objects.get(id)
      if (other !== undefined && !isDeepStrictEqual(other, each)) throw new Error(`two objects are named ${id}`)
      objects.set(id, each)
    }
    return withoutNull(found)
  }
  const results = Object.entries<Result>(RESULTS).map(([name, result]) => ({
    ...{ name, note: result.note, schema: read(result.schema) },
    base: result.extends === undefined ? null : read(result.extends),
  }))
  const sections = [...objects].filter(([, each]) => each.properties !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    '# JSON',
    '',
    'What commands print with `--json`, and what the routes answer. A field never changes its meaning or type, and is never removed; new ones may be added, so programs ignore what they do not know. Instants are ISO 8601 in UTC, days are `YYYY-MM-DD`. Every field is always there unless it says otherwise.',
    '',
    'Errors of commands are one line on standard error: `{"error": {"code", "message", "remedy", "details"}}`, with a code of [errors.md](errors.md). Errors of routes are a [Problem](#problem), as `application/problem+json`.',
    '',
    '## Results',
    '',
    ...results.flatMap(({ name, note, schema, base }) => [
      `### ${name}`,
      '',
      ...(note === undefined ? [] : [note, '']),
      ...(base === null ? [] : [`All fields of ${typeOf(base)}, and:`, '']),
      ...(schema.$ref === undefined
        ? fieldTable(without(schema, objects.get(nameIn(base?.$ref ?? ''))))
        : [`A ${typeOf(schema)}.`, '']),
    ]),
    '## Objects',
    '',
    ...sections.flatMap(([id, each]) => [`### ${id}`, '', each.description ?? '', '', ...fieldTable(each)]),
  ].join('\n')
}

function without(schema: Schema, base: Schema | undefined): Schema {
  const known = Object.keys(base?.properties ?? {})
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => !known.includes(name))
  return { ...schema, properties: Object.fromEntries(properties) }
}

function fieldTable(schema: Schema): readonly string[] {
  return table(['field', 'type', 'meaning'], fieldRows(schema, ''))
}

/** The fields of an object, and below each those of an object in it that has no name. */
function fieldRows({ properties = {} }: Schema, path: string): (readonly string[])[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const inner = withoutNull(field)
    const isList = inner.type === 'array' && inner.items !== undefined
    const object = isList ? withoutNull(inner.items ?? {}) : inner
    const at = `${path}${name}`
    const rows = object.$ref === undefined ? fieldRows(object, `${at}${isList ? '[]' : ''}.`) : []
    return [[`\`${at}\``, typeOf(field), field.description ?? ''], ...rows]
  })
}

function withoutNull(schema: Schema): Schema {
  const [only, ...others] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null')
  return only !== undefined && others.length === 0 ? { ...only, description: schema.description } : schema
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return referenceTo(schema.$ref)
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${each}\``).join(', ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  const { additionalProperties: values } = schema
  // An object of which the page says no more has an empty schema for its values.
  if (schema.type === 'object' && typeof values === 'object' && Object.keys(values).length > 0) {
    return `${typeOf(values)} by key`
  }
  return [schema.type ?? []]
    .flat()
    .map((type) => plainType(type, schema.format))
    .join(' or ')
}

function plainType(type: string, format: string | undefined): string {
  return (type === 'string' ? PLAIN[format ?? type] : PLAIN[type]) ?? type
}

const PLAIN: Readonly<Record<string, string>> = {
  'date-time': 'instant',
  date: 'day',
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true`, `false`',
  object: 'object',
  null: 'null',
}

function nameIn(reference: string): string {
  return decodeURIComponent(reference.slice(reference.lastIndexOf('/') + 1))
}

function referenceTo(target: string): string {
  const name = nameIn(target)
  return name === 'error code' ? '[error code](errors.md)' : `[${name}](#${anchor(name)})`
}
