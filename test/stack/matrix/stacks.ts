import type { ServerName } from '../faults/server.ts'

/** The test files of each suite, below `test/stack`. */
export const SUITES = {
  'index store': ['index-store/*.test.ts', 'list-reader/*.test.ts'],
  'run ledger': ['run-ledger/*.test.ts'],
  RabbitMQ: ['broker/rabbitmq*.test.ts'],
  SQS: ['broker/sqs*.test.ts'],
  sources: ['sources/*.test.ts'],
  'config check': ['config/*.test.ts'],
  job: ['job/*.test.ts'],
  'lists over HTTP': ['lists/*.test.ts'],
  'law of changes': ['law/*.test.ts'],
  outages: ['faults/stopped.test.ts'],
  takeovers: ['faults/killed.test.ts', 'faults/writers.test.ts'],
} as const
export type Suite = keyof typeof SUITES

/** What stands for a server, as `stack/env` calls it; where nothing is said, what `stack/up` starts by itself. */
export type Kinds = Readonly<Partial<Record<ServerName, string>>>

export interface Stack {
  readonly kinds: Kinds
  /** The suites that the servers concern. Outages are those of the servers in `kinds`, or of all. */
  readonly suites: readonly Suite[]
}

export const STACKS: Readonly<Record<string, Stack>> = {
  usual: { kinds: {}, suites: Object.keys(SUITES) as Suite[] },
  // CI runs this one, too. The system that this one replaces runs on Elasticsearch 7. Tables and the Java services' indexes need
  // analyzers and scripts, whose modules Maven has for 7.10 only.
  'elasticsearch-rabbitmq-4': {
    kinds: { search: 'elasticsearch-7.10', rabbitmq: '4' },
    suites: [
      'index store',
      'run ledger',
      'RabbitMQ',
      'config check',
      'job',
      'lists over HTTP',
      'law of changes',
      'outages',
    ],
  },
  newest: {
    kinds: { search: 'opensearch-3', rabbitmq: 'newest', mysql: 'mysql' },
    suites: [
      'index store',
      'run ledger',
      'RabbitMQ',
      'sources',
      'config check',
      'job',
      'lists over HTTP',
      'law of changes',
      'outages',
      'takeovers',
    ],
  },
  'elasticsearch-7.17': {
    kinds: { search: 'elasticsearch' },
    suites: ['run ledger', 'lists over HTTP', 'outages'],
  },
  'mariadb-11': { kinds: { mysql: 'mariadb-11' }, suites: ['sources', 'config check'] },
  ferretdb: { kinds: { mongodb: 'ferretdb' }, suites: ['sources', 'config check'] },
  fauxqs: { kinds: { sqs: 'fauxqs' }, suites: ['SQS', 'config check'] },
}
