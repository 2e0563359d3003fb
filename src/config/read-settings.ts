import { RevalError } from '../errors/reval-error.ts'
import { nearMisses } from './near-misses.ts'
import type { Setting, SettingValues } from '../adapters/setting.ts'

/** Texts by the names of variables; one that is blank counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What is wrong with one variable. The value is absent where it is secret, or may be. */
export interface SettingFault {
  readonly setting: string
  readonly value?: string
  readonly reason: string
}

const PREFIX = 'REVAL_'
const LONGEST_SHOWN = 100
/** Of a service named `reval`, Kubernetes puts such variables into every container of its namespace. */
const OF_KUBERNETES = /^REVAL_(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP))/

/** Shells take the quotes of `NAME="value"` away; Docker and files of environments do not. */
const QUOTED = /^(["']).*\1$/s

type Settings = Readonly<Record<string, Setting>>

export interface ReadOptions<T extends Settings> {
  /** Variables that may not be blank, each with who needs it. */
  readonly needed?: ReadonlyMap<string, readonly string[]>
  /** What is wrong with values that are right each for itself. Asked only when all of them are. */
  readonly contradictions?: (values: SettingValues<T>) => readonly SettingFault[]
}

/**
 * The value of every setting in a table. Throws CONFIG_INVALID with all faults in `details.faults`: values that their
 * settings refuse, variables that are needed and not set, and variables that begin like a setting and are none.
 */
export function readSettings<T extends Settings>(
  settings: T,
  environment: Environment,
  { needed = new Map(), contradictions = () => [] }: ReadOptions<T> = {},
): SettingValues<T> {
  const values: Record<string, unknown> = {}
  const faults: SettingFault[] = []
  for (const [name, setting] of Object.entries(settings)) {
    const text = textOf(setting, environment)
    const result = setting.schema.safeParse(text)
    if (setting.secret !== true && QUOTED.test(text.trim())) {
      faults.push(faultOf(setting, 'is quoted, and the quotes would be part of the value; remove them', environment))
    } else if (result.success) values[name] = result.data
    else faults.push(...result.error.issues.map(({ message }) => faultOf(setting, message, environment)))
    const needing = needed.get(setting.variable)
    if (needing !== undefined && text.trim() === '') {
      faults.push({ setting: setting.variable, reason: `must be set: required by ${needing.join(', ')}` })
    }
  }
  faults.push(...unknownVariables(settings, environment))
  // Each name was given the value of its own schema.
  const read = values as SettingValues<T>
  if (faults.length === 0) faults.push(...contradictions(read))
  if (faults.length > 0) throw new RevalError('CONFIG_INVALID', summary(faults.length), { details: { faults } })
  return read
}

function textOf({ variable, fallback }: Setting, environment: Environment): string {
  const text = environment[variable] ?? ''
  return text.trim() === '' ? fallback : text
}

function faultOf(setting: Setting, reason: string, environment: Environment): SettingFault {
  const value = environment[setting.variable]
  const shown = value !== undefined && setting.secret !== true
  return {
    setting: setting.variable,
    ...(shown ? { value: withoutCredentials(value).slice(0, LONGEST_SHOWN) } : {}),
    reason,
  }
}

/** Whoever writes a password into an address is told so without it. */
function withoutCredentials(value: string): string {
  return value.replace(/\/\/.*@/, '//...@')
}

function unknownVariables(settings: Settings, environment: Environment): SettingFault[] {
  const known = Object.values(settings).map(({ variable }): string => variable)
  return Object.keys(environment)
    .filter((name) => name.toUpperCase().startsWith(PREFIX) && environment[name] !== undefined && !known.includes(name))
    .map((name) => ({ setting: name, reason: `unknown setting${hint(name, known)}` }))
}

function hint(name: string, known: readonly string[]): string {
  if (OF_KUBERNETES.test(name)) return '; Kubernetes sets it for a service named reval: set enableServiceLinks to false'
  const near = nearMisses(name, known, PREFIX)
  return near.length === 0 ? '; reval settings lists all settings' : `; did you mean ${near.join(' or ')}?`
}

function summary(faults: number): string {
  return faults === 1 ? '1 setting is invalid' : `${faults} settings are invalid`
}
