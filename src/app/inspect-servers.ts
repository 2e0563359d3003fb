import { inspectRabbitmq } from '../adapters/broker/rabbitmq/inspect.ts'
import { inspectSqs } from '../adapters/broker/sqs/inspect.ts'
import { inspectSearch } from '../adapters/index-store/opensearch/inspect.ts'
import { inspectLedger } from '../adapters/run-ledger/opensearch/inspect.ts'
import { inspectWorkspace } from '../adapters/run-workspace/sqlite/inspect.ts'
import { inspectMongodb } from '../adapters/sources/mongodb/inspect.ts'
import { inspectMysql } from '../adapters/sources/mysql/inspect.ts'
import type { Config } from '../config/config.ts'
import type { Finding } from '../ports/finding.ts'
import { CHANNELS } from '../ports/changes.ts'
import type { ServiceName } from '../ports/run-ledger.ts'
import { needsOf } from '../ports/services.ts'
import { queuesOf } from '../sync/stages.ts'
import { brokerOptions } from './server-backends.ts'

/** Checks every server and folder that these services need, all at once; changes nothing. */
export async function inspectServers(config: Config, services: readonly ServiceName[]): Promise<readonly Finding[]> {
  const { servers } = config
  const needs = needsOf(services, config)
  const leads = services.includes('integration')
  const used = [...queuesOf(services), ...(config.liveChanges && leads ? CHANNELS : [])]
  const nothing: readonly Finding[] = []
  const inspected = await Promise.all([
    needs.has('broker') ? inspectRabbitmq({ ...brokerOptions(config), used }) : nothing,
    needs.has('doctor queue') ? inspectSqs({ ...brokerOptions(config), used }) : nothing,
    needs.has('trainee source') ? inspectMysql(servers, { byNumber: config.liveChanges && leads }) : nothing,
    needs.has('doctor source') || needs.has('exception source') ? inspectMongodb(servers) : nothing,
    // Only integration moves the aliases, and makes generations.
    inspectSearch(servers, { promotes: leads, fillsTables: leads && config.lists.builtAs === 'tables' }),
    inspectLedger(servers),
    needs.has('workspace') ? inspectWorkspace(config.scratchDirectory) : nothing,
  ])
  return inspected.flat()
}
