import { MONGODB_SETTINGS } from '../adapters/sources/mongodb/settings.ts'
import { MYSQL_SETTINGS } from '../adapters/sources/mysql/settings.ts'
import { RABBITMQ_SETTINGS } from '../adapters/broker/rabbitmq/settings.ts'
import { SQS_SETTINGS } from '../adapters/broker/sqs/settings.ts'
import { SEARCH_SETTINGS } from '../adapters/opensearch/settings.ts'
import type { Setting } from '../adapters/setting.ts'
import type { ServiceName } from '../ports/run-ledger.ts'

/** What a process is there for: one or more of the services, or reading and asking. */
export type Role = ServiceName | 'reader'

type Table = Readonly<Record<string, Setting>>

/** The servers that each role works with, by their settings. */
const SERVERS_OF: Readonly<Record<Role, readonly Table[]>> = {
  integration: [RABBITMQ_SETTINGS, SQS_SETTINGS, MONGODB_SETTINGS, SEARCH_SETTINGS],
  tcs: [RABBITMQ_SETTINGS, MYSQL_SETTINGS, SEARCH_SETTINGS],
  recommendation: [RABBITMQ_SETTINGS, SQS_SETTINGS, MONGODB_SETTINGS, SEARCH_SETTINGS],
  connection: [RABBITMQ_SETTINGS, SEARCH_SETTINGS],
  reader: [SEARCH_SETTINGS],
}

/** The variables that have to be set for these roles, each with the roles that need it. */
export function neededBy(roles: readonly Role[]): ReadonlyMap<string, readonly Role[]> {
  const needed = new Map<string, Role[]>()
  for (const role of roles) {
    for (const table of SERVERS_OF[role]) {
      for (const { variable, needed: isNeeded } of Object.values(table)) {
        if (isNeeded === true) needed.set(variable, [...(needed.get(variable) ?? []), role])
      }
    }
  }
  return needed
}
