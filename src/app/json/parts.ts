import * as z from 'zod'
import { INDEX_NAMES } from '../../domain/lists.ts'
import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts'

// Schemas shared by several results.

export const INSTANT = z.iso.datetime()

/** A time in milliseconds since the epoch, as `INSTANT` describes it; null stays null. */
export function instant(time: number): string
export function instant(time: number | null): string | null
export function instant(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}

export const DAY = z.iso.date()
export const WHOLE = z.int().nonnegative()
export const SECONDS = z.number().nonnegative()
export const TEXT = z.string()
export const FLAG = z.boolean()

/** A whole number for each key. */
export const NUMBERS = z.record(TEXT, WHOLE)

/** An object that the reference describes once, under this name. */
export function named<Shape extends z.core.$ZodShape>(id: string, description: string, shape: Shape) {
  return z.strictObject(shape).meta({ id, description })
}

export const ERROR_CODE = z.enum(Object.keys(ERROR_CODES) as ErrorCode[]).meta({ id: 'error code' })

/** The same for each of the five indexes. */
export function byIndex<Value extends z.core.$ZodType>(value: Value) {
  return z.record(z.enum(INDEX_NAMES), value)
}

export const KEPT = named('Kept generation', 'A generation that is kept, and the run that filled it.', {
  generation: TEXT.describe('id of the generation'),
  run: TEXT.describe('id of the run'),
})
