import { isIP } from 'node:net'
import { z } from 'zod'

/** One setting: everything that reading, refusing and describing it needs. */
export interface Setting<T = unknown> {
  readonly variable: `REVAL_${string}`
  /** Reads the text of the variable. Its reasons are sentences about "it", and never repeat the text. */
  readonly schema: z.ZodType<T, string>
  /** The text that counts where the variable is not set or blank; read by the same schema. */
  readonly fallback: string
  readonly unit: string | null
  readonly description: string
  /** Its value is never shown, in no error either. */
  readonly secret?: true
}

export function setting<T>(declared: Setting<T>): Setting<T> {
  return declared
}

export function wholeNumber(from: number, to: number): z.ZodType<number, string> {
  return z
    .string()
    .trim()
    .refine(
      (text) => /^\d{1,12}$/.test(text) && Number(text) >= from && Number(text) <= to,
      `must be a whole number from ${from} to ${to}`,
    )
    .transform(Number)
}

/** Whole seconds, as milliseconds. */
export function seconds(from: number, to: number): z.ZodType<number, string> {
  return wholeNumber(from, to).transform((count) => count * 1000)
}

export function share(): z.ZodType<number, string> {
  return z
    .string()
    .trim()
    .refine((text) => /^\d?(\.\d{1,12})?$/.test(text) && Number(text) <= 1, 'must be a share from 0 to 1, such as 0.1')
    .transform(Number)
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodType<T[number], string> {
  return z
    .string()
    .trim()
    .pipe(z.enum(values, { error: `must be one of ${values.join(', ')}` }))
}

/** An address to bind to: of IPv4, IPv6 without brackets, or a host name. */
export function host(): z.ZodType<string, string> {
  const name = /^(?!\d+(\.\d+)*$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i
  return z
    .string()
    .trim()
    .refine((text) => isIP(text) !== 0 || name.test(text), 'must be an address or a host name, without a port')
}

export function path(): z.ZodType<string, string> {
  return z.string().refine((text) => !text.includes('\0'), 'must be a path')
}
