import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { z } from 'zod'

const CONTROL = /\p{Cc}/u

/** One setting: everything that is needed to read, validate and describe it. */
export interface Setting<T = unknown> {
  readonly variable: `REVAL_${string}`
  /** Reads the text of the variable. Its reasons are phrases such as "must be …" and never repeat the text. */
  readonly schema: z.ZodType<T, string>
  /** The text used if the variable is not set or blank; read by the same schema. */
  readonly fallback: string
  readonly unit: string | null
  readonly description: string
  /** Its value is never shown, not even in errors. */
  readonly secret?: true
  /** It has no sensible default: it must be set wherever its backend is used. */
  readonly needed?: true
}

type Defaulted = 'fallback' | 'unit'

/** A setting; by default it is empty if not set, and has no unit. */
export function setting<T>(declared: Omit<Setting<T>, Defaulted> & Partial<Pick<Setting<T>, Defaulted>>): Setting<T> {
  return { fallback: '', unit: null, ...declared }
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

/** Whole hours, as milliseconds. */
export function hours(from: number, to: number): z.ZodType<number, string> {
  return wholeNumber(from, to).transform((count) => count * 3_600_000)
}

/** Whole days, as milliseconds. */
export function days(from: number, to: number): z.ZodType<number, string> {
  return wholeNumber(from, to).transform((count) => count * 86_400_000)
}

export function share(): z.ZodType<number, string> {
  return z
    .string()
    .trim()
    .refine((text) => /^\d?(\.\d{1,12})?$/.test(text) && Number(text) <= 1, 'must be a share from 0 to 1, e.g. 0.1')
    .transform(Number)
}

/** A value, or `off`, which is null. */
export function orOff<T>(schema: z.ZodType<T, string>): z.ZodType<T | null, string> {
  return z.string().transform((text, context) => {
    if (text.trim() === 'off') return null
    const read = schema.safeParse(text)
    if (read.success) return read.data
    for (const { message } of read.error.issues) context.addIssue({ code: 'custom', message: `${message}, or off` })
    return z.NEVER
  })
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
    .refine((text) => isIP(text) !== 0 || name.test(text), 'must be an address or host name without a port')
}

/** A path, unchanged. A trailing line end, as files from Windows have it, would become part of the name. */
export function path(): z.ZodType<string, string> {
  return z.string().refine((text) => !CONTROL.test(text), 'must be a path without control characters')
}

/** Text without surrounding white space; empty if not set. */
export function text(): z.ZodType<string, string> {
  return z.string().trim()
}

/** A secret, unchanged. No server uses one with a line end, but files from Windows have them. */
export function secretText(): z.ZodType<string, string> {
  return z.string().refine((text) => !CONTROL.test(text), 'must not contain control characters')
}

/**
 * The address of a server, empty where nothing is set. Credentials have settings of their own, because an address is
 * shown in messages and a password must not be; a query or fragment is refused because it would be ignored.
 */
export function serverUrl(protocols: readonly string[], example: string): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .superRefine((address, context) => {
      const refuse = (message: string) => context.addIssue({ code: 'custom', message })
      if (address === '') return
      // Several hosts separated by commas are not a standard URL; only the first is checked.
      const single = address.replace(/^([a-z+]+:\/\/[^/,]*),[^/]*/i, '$1')
      if (!URL.canParse(single)) {
        refuse(`must be a URL such as ${example}`)
        return
      }
      const url = new URL(single)
      if (!protocols.some((protocol) => url.protocol === `${protocol}:`)) {
        refuse(`must start with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`)
        return
      }
      if (address.includes('@')) {
        refuse('must not contain a user or password; use the separate settings')
        return
      }
      if (url.search !== '' || url.hash !== '') {
        refuse(`must not have a query or fragment, e.g. ${example}`)
      }
    })
}

/** Certificates of authorities, read from a PEM file; null if not set: the system's are trusted. */
export function certificates(): z.ZodType<string | null, string> {
  return z.string().transform((file, context): string | null => {
    if (file.trim() === '') return null
    try {
      const pem = readFileSync(file.trim(), 'utf8')
      if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
      context.addIssue({ code: 'custom', message: 'the file contains no PEM certificate' })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      context.addIssue({ code: 'custom', message: `cannot read the file: ${reason}` })
    }
    return z.NEVER
  })
}

/** `no` or `yes`. */
export function yesOrNo(): z.ZodType<boolean, string> {
  return z
    .string()
    .trim()
    .pipe(z.enum(['no', 'yes'], { error: 'must be no or yes' }))
    .transform((answer) => answer === 'yes')
}

/** The values of a table of settings. */
export type SettingValues<T extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof T]: z.output<T[Name]['schema']>
}
