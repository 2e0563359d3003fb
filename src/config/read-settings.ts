import { z } from 'zod'
import { RevalError } from '../errors/reval-error.ts'
import { nearMisses } from './near-misses.ts'
import type { Setting } from '../adapters/setting.ts'

/** Texts by the names of variables; one that is blank counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What is wrong with one variable. The value is absent where it is secret, or may be. */
export interface SettingFault {
  readonly setting: string
  readonly value?: string
  readonly reason: string
}

type Settings = Readonly<Record<string, Setting>>
type Values<T extends Settings> = { readonly [Name in keyof T]: z.output<T[Name]['schema']> }

const PREFIX = 'REVAL_'
const LONGEST_SHOWN = 100
/** Of a service named `reval`, Kubernetes puts such variables into every container of its namespace. */
const OF_KUBERNETES = /^REVAL_(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP))/

/**
 * The value of every setting in a table. Throws CONFIG_INVALID with all faults in `details.faults`: values that their
 * settings refuse, and variables that begin like a setting and are none.
 */
export function readSettings<T extends Settings>(settings: T, environment: Environment): Values<T> {
  const unknown = unknownVariables(settings, environment)
  const result = schemaOf(settings).safeParse(textsOf(settings, environment))
  if (result.success && unknown.length === 0) return result.data
  const refused = (result.error?.issues ?? []).map(({ path, message }) =>
    faultOf(settings[String(path[0])], message, environment),
  )
  const faults = [...refused, ...unknown]
  throw new RevalError('CONFIG_INVALID', summary(faults.length), { details: { faults } })
}

/** One schema of the whole, so that every fault is found at once. */
function schemaOf<T extends Settings>(settings: T) {
  const shape = Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema]))
  // `fromEntries` forgets which name has which schema.
  return z.object(shape) as unknown as z.ZodType<Values<T>>
}

function textsOf(settings: Settings, environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, { variable, fallback }]) => {
      const text = environment[variable] ?? ''
      return [name, text.trim() === '' ? fallback : text]
    }),
  )
}

function faultOf(setting: Setting | undefined, reason: string, environment: Environment): SettingFault {
  if (setting === undefined) return { setting: 'REVAL_*', reason }
  const value = environment[setting.variable]
  const shown = value !== undefined && setting.secret !== true
  return { setting: setting.variable, ...(shown ? { value: value.slice(0, LONGEST_SHOWN) } : {}), reason }
}

function unknownVariables(settings: Settings, environment: Environment): SettingFault[] {
  const known = Object.values(settings).map(({ variable }): string => variable)
  return Object.keys(environment)
    .filter((name) => name.toUpperCase().startsWith(PREFIX) && environment[name] !== undefined && !known.includes(name))
    .map((name) => ({ setting: name, reason: `is no setting${hint(name, known)}` }))
}

function hint(name: string, known: readonly string[]): string {
  if (OF_KUBERNETES.test(name)) return '; Kubernetes sets it for a service named reval: switch enableServiceLinks off'
  const near = nearMisses(name, known, PREFIX)
  return near.length === 0 ? '; reval settings lists them all' : `; did you mean ${near.join(' or ')}?`
}

function summary(faults: number): string {
  return faults === 1 ? 'a setting is wrong' : `${faults} settings are wrong`
}
