import { randomBytes } from 'node:crypto'
import { DeleteQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { MongoClient } from 'mongodb'
import { createConnection } from 'mysql2/promise'
import { Connection } from 'rabbitmq-client'
import { TOPOLOGY_SETTINGS } from '../../../src/config/topology-settings.ts'
import { servers } from '../servers.ts'

/** Names of one test's own at every server, as the settings that say so. */
export interface Namespace {
  readonly prefix: string
  readonly environment: Readonly<Record<string, string>>
  /** Removes all that has these names. */
  readonly remove: () => Promise<void>
}

const named = Object.values(TOPOLOGY_SETTINGS).filter(({ variable }) =>
  /^REVAL_(KEY|QUEUE|EXCHANGE)(_(?!LIMIT)|$)/.test(variable),
)
const isQueue = (variable: string) => variable.startsWith('REVAL_QUEUE_')

export async function newNamespace(): Promise<Namespace> {
  const prefix = `t${randomBytes(4).toString('hex')}`
  const database = `reval_${prefix}`
  const topology = Object.fromEntries(named.map(({ variable }) => [variable, `${prefix}-${slug(variable)}`]))
  await onMysql(`CREATE DATABASE ${database}`)
  return {
    prefix,
    environment: {
      ...topology,
      // The clock of the machine must not decide when reasons are compared.
      REVAL_SCHEDULE_REASONS: 'off',
      REVAL_SEARCH_PREFIX: `${prefix}-`,
      REVAL_MYSQL_URL: withDatabase(servers.mysql.url, database),
      REVAL_MONGODB_URL: withDatabase(servers.mongodb.url, database),
    },
    remove: async () => {
      await onMysql(`DROP DATABASE IF EXISTS ${database}`)
      await dropCollections(database)
      await removeIndexes(prefix)
      await removeQueues(
        Object.entries(topology)
          .filter(([variable]) => isQueue(variable))
          .map(([, name]) => name),
        topology.REVAL_EXCHANGE ?? '',
      )
      await removeSqsQueues(prefix)
    },
  }
}

const slug = (variable: string) => variable.replace('REVAL_', '').toLowerCase().replaceAll('_', '-')

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

async function onMysql(statement: string): Promise<void> {
  const { url, user, password } = servers.mysql
  const { hostname, port } = new URL(url)
  const connection = await createConnection({ host: hostname, port: Number(port), user, password })
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}

async function dropCollections(database: string): Promise<void> {
  const client = await MongoClient.connect(servers.mongodb.url)
  try {
    await client.db(database).dropDatabase()
  } finally {
    await client.close()
  }
}

/** Every index of these names, and the aliases with them. */
export async function removeIndexes(prefix: string): Promise<void> {
  const { url } = servers.search
  const listed = await fetch(`${url}/_cat/indices/${prefix}-*?h=index&expand_wildcards=all`)
  const names = (await listed.text()).split('\n').filter((name) => name !== '')
  if (names.length > 0) await fetch(`${url}/${names.join(',')}`, { method: 'DELETE' })
}

async function removeQueues(names: readonly string[], exchange: string): Promise<void> {
  const { url, user, password } = servers.rabbitmq
  const { hostname, port } = new URL(url)
  const connection = new Connection({ hostname, port: Number(port), username: user, password })
  try {
    await connection.onConnect(10_000)
    for (const name of names) {
      for (const each of [name, `${name}.dlq`]) await connection.queueDelete({ queue: each })
    }
    await connection.exchangeDelete({ exchange })
  } finally {
    await connection.close()
  }
}

async function removeSqsQueues(prefix: string): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey } = servers.sqs
  const client = new SQSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
  try {
    const { QueueUrls = [] } = await client.send(new ListQueuesCommand({ QueueNamePrefix: prefix }))
    for (const QueueUrl of QueueUrls) await client.send(new DeleteQueueCommand({ QueueUrl }))
  } finally {
    client.destroy()
  }
}
