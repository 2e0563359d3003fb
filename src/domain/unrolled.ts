/**
 * Compiles a function that returns an object with these fields, as one would write it by hand; `valueOf` gives each
 * field's expression in terms of the parameters. A loop over the fields makes the work on every row 15 % slower; mysql2
 * and zod compile functions for the same reason. Only for the constants of the field and column tables: no expression
 * may contain anything from outside. Source: docs/decisions/21-fields.md.
 */
export function unrolledObject<F extends string>(
  parameters: readonly string[],
  fields: readonly F[],
  valueOf: (field: F, at: number) => string,
): unknown {
  const values = fields.map((field, at) => `${field}: ${valueOf(field, at)}`)
  return compiled(parameters, `{ ${values.join(', ')} }`)
}

/** Compiles a function that returns the fields of its parameter as an array. */
export function unrolledArray(fields: readonly string[]): unknown {
  return compiled(['record'], `[${fields.map((field) => `record.${field}`).join(', ')}]`)
}

function compiled(parameters: readonly string[], expression: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- see above
  return new Function(...parameters, `return ${expression}`)
}
