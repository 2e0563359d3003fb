/**
 * A function that makes an object of these fields: written from the table of fields, as one would write it by hand.
 * `valueOf` gives each field's expression in terms of the parameters. Stepping through the fields in a loop makes what
 * is done with every row 15 % slower (measured); mysql2 and zod write such functions too. Only for constants of
 * `fields.ts`: what comes from outside must never be part of an expression.
 */
export function unrolledObject<F extends string>(
  parameters: readonly string[],
  fields: readonly F[],
  valueOf: (field: F, at: number) => string,
): unknown {
  const values = fields.map((field, at) => `${field}: ${valueOf(field, at)}`)
  return compiled(parameters, `{ ${values.join(', ')} }`)
}

/** A function that makes an array of the fields of its parameter. */
export function unrolledArray(fields: readonly string[]): unknown {
  return compiled(['record'], `[${fields.map((field) => `record.${field}`).join(', ')}]`)
}

function compiled(parameters: readonly string[], expression: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- see above
  return new Function(...parameters, `return ${expression}`)
}
