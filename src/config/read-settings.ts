import { RevalError } from '../errors/reval-error.ts'
import type { Setting, SettingValues } from '../adapters/setting.ts'

/** Environment variables; a blank one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The environment of this process. Nothing else reads it. */
export function environment(): Environment {
  return { ...process.env }
}

/** What is wrong with one variable. The value is left out if it is secret, or may be. */
export interface SettingFault {
  readonly setting: string
  readonly value?: string
  readonly reason: string
}

const PREFIX = 'REVAL_'
const LONGEST_SHOWN = 100
/** Variables that Kubernetes sets in every container of a namespace with a service named `reval`. */
const OF_KUBERNETES = /^REVAL_(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP))/

/** Shells strip the quotes of `NAME="value"`; Docker and environment files do not. */
const QUOTED = /^(["']).*\1$/s

type Settings = Readonly<Record<string, Setting>>

export interface ReadOptions<T extends Settings> {
  /** Variables that must be set, each with the roles that require it. */
  readonly needed?: ReadonlyMap<string, readonly string[]>
  /** Finds valid values that contradict each other. Called only if all are valid. */
  readonly contradictions?: (values: SettingValues<T>) => readonly SettingFault[]
}

/**
 * The values of all settings in a table. Throws CONFIG_INVALID with all faults in `details.faults`: invalid values,
 * required variables that are not set, and unknown variables that begin with REVAL_.
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
  // Each value is that of the schema of its name.
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

/** A password in an address is not shown. */
export function withoutCredentials(value: string): string {
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

/**
 * The known names that `name` may be a typo of, nearest first: at most a third of its letters after the common prefix are
 * wrong, missing, extra or swapped.
 */
function nearMisses(name: string, known: readonly string[], prefix: string): readonly string[] {
  const tolerance = Math.max(1, Math.floor((name.length - prefix.length) / 3))
  return known
    .map((each) => ({ each, distance: distanceBetween(name.toUpperCase(), each) }))
    .filter(({ distance }) => distance <= tolerance)
    .sort((a, b) => a.distance - b.distance)
    .map(({ each }) => each)
}

/** Levenshtein distance in which a swap of neighbours is one step (optimal string alignment). */
function distanceBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Infinity
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i])
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const steps = [cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + (same ? 0 : 1)]
      rows[i]?.push(Math.min(...steps, swapped ? cell(i - 2, j - 2) + 1 : Infinity))
    }
  }
  return cell(a.length, b.length)
}
