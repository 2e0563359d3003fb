import { RABBITMQ_SETTINGS } from '../adapters/broker/rabbitmq/settings.ts'
import { SQS_SETTINGS } from '../adapters/broker/sqs/settings.ts'
import { SEARCH_SETTINGS } from '../adapters/opensearch/settings.ts'
import type { Setting } from '../adapters/setting.ts'
import { MONGODB_SETTINGS } from '../adapters/sources/mongodb/settings.ts'
import { MYSQL_SETTINGS } from '../adapters/sources/mysql/settings.ts'
import type { ServiceName } from '../ports/run-ledger.ts'
import { needsOf, type Need } from '../ports/services.ts'

/** What a process does: runs one or more services; reads and sends requests to the writer; or looks at dead letters besides. */
export type Role = ServiceName | 'reader' | 'dead letter reader'

const READS: readonly Need[] = ['ledger', 'index store']

function needsIn(role: Role, options: { readonly liveChanges: boolean }): Iterable<Need> {
  if (role === 'reader') return READS
  return role === 'dead letter reader' ? [...READS, 'broker', 'doctor queue'] : needsOf([role], options)
}

/** The settings of the server behind each need. */
const SERVER_SETTINGS: Readonly<Record<Need, Readonly<Record<string, Setting>>>> = {
  broker: RABBITMQ_SETTINGS,
  'doctor queue': SQS_SETTINGS,
  'trainee source': MYSQL_SETTINGS,
  'doctor source': MONGODB_SETTINGS,
  'exception source': MONGODB_SETTINGS,
  ledger: SEARCH_SETTINGS,
  'index store': SEARCH_SETTINGS,
  workspace: {},
}

/** The variables that these roles require, each with the roles that require it. */
export function neededBy(
  roles: readonly Role[],
  options: { readonly liveChanges: boolean },
): ReadonlyMap<string, readonly Role[]> {
  const needed = new Map<string, Role[]>()
  for (const role of roles) {
    const settings = new Set([...needsIn(role, options)].flatMap((need) => Object.values(SERVER_SETTINGS[need])))
    for (const { variable, needed: isNeeded } of settings) {
      if (isNeeded === true) needed.set(variable, [...(needed.get(variable) ?? []), role])
    }
  }
  return needed
}
