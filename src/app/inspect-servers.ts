import { inspectRabbitmq } from '../adapters/broker/rabbitmq/inspect.ts'
import { inspectSqs } from '../adapters/broker/sqs/inspect.ts'
import { inspectSearch } from '../adapters/index-store/opensearch/inspect.ts'
import { inspectLedger } from '../adapters/run-ledger/opensearch/inspect.ts'
import { inspectWorkspace } from '../adapters/run-workspace/sqlite/inspect.ts'
import { inspectMongodb } from '../adapters/sources/mongodb/inspect.ts'
import { inspectMysql } from '../adapters/sources/mysql/inspect.ts'
import type { Config } from '../config/config.ts'
import type { Finding } from '../ports/finding.ts'
import type { ServiceName } from '../ports/run-ledger.ts'
import { queuesOf } from '../services/queues-of.ts'
import { brokerOptions, needsOf } from './server-backends.ts'

/** Looks at every server that these services need, and the folder that integration does, all at a time; changes nothing. */
export async function inspectServers(config: Config, services: readonly ServiceName[]): Promise<readonly Finding[]> {
  const { servers } = config
  const needs = needsOf(services)
  const used = queuesOf(services)
  const nothing: readonly Finding[] = []
  const inspected = await Promise.all([
    needs.commands ? inspectRabbitmq({ ...brokerOptions(config), used }) : nothing,
    needs.doctors ? inspectSqs(brokerOptions(config)) : nothing,
    needs.trainees ? inspectMysql(servers) : nothing,
    needs.collections ? inspectMongodb(servers) : nothing,
    // Only integration moves the names, and makes generations.
    inspectSearch(servers, { promotes: services.includes('integration') }),
    inspectLedger(servers),
    services.includes('integration') ? inspectWorkspace(config.scratchDirectory) : nothing,
  ])
  return inspected.flat()
}
