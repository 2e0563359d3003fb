import type { Finding } from '../ports/finding.ts'
import type { Config } from './config.ts'
import type { Environment } from './read-settings.ts'
import { SETTINGS } from './settings.ts'

/** By default where integration can read both sources: it always has MongoDB, for the exception reasons. */
export function hasLiveChanges(texts: Environment): boolean {
  const chosen = textOf(texts, SETTINGS.liveChanges.variable)
  if (chosen === 'on' || chosen === 'off') return chosen === 'on'
  return !usesServers(texts) || textOf(texts, SETTINGS.mysqlUrl.variable) !== ''
}

/** Whether the backends are servers. */
export function usesServers(texts: Environment): boolean {
  return textOf(texts, SETTINGS.backends.variable) === 'servers'
}

function textOf(texts: Environment, variable: string): string {
  return texts[variable]?.trim() ?? ''
}

/** Whether live changes are on; what they need is checked with the servers. */
export function liveChangesFinding({ liveChanges }: Config): Finding {
  const what = `live changes (${SETTINGS.liveChanges.variable})`
  if (liveChanges) return { what, status: 'ok', found: 'on' }
  return {
    what,
    status: 'warn',
    found: 'off: a change appears only with the next sync',
    remedy: `For live changes, set ${SETTINGS.mysqlUrl.variable} for integration and leave ${SETTINGS.liveChanges.variable} unset.`,
  }
}
