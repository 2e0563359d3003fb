import type { Setting } from '../adapters/setting.ts'
import { withoutCredentials, type Environment } from './read-settings.ts'

/** A setting of this process, as it may be shown. */
export interface ShownSetting {
  readonly variable: string
  /** As it is in force; null for a secret. Without logins in addresses. */
  readonly value: string | null
  /** Whether it was given, rather than left to its default. */
  readonly isSet: boolean
  /** Whether it is another than its default. */
  readonly isChanged: boolean
  readonly fallback: string
  readonly unit: string | null
  readonly description: string
}

/** All settings in the order of their table, without the value of any secret. */
export function shownSettings(
  settings: Readonly<Record<string, Setting>>,
  environment: Environment,
): readonly ShownSetting[] {
  return Object.values(settings).map(({ variable, fallback, unit, description, secret = false }) => {
    const text = (environment[variable] ?? '').trim()
    const isSet = text !== ''
    const value = secret ? null : withoutCredentials(isSet ? text : fallback)
    return { variable, value, isSet, isChanged: isSet && text !== fallback, fallback, unit, description }
  })
}
