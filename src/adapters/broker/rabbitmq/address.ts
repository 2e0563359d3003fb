import { RevalError } from '../../../errors/reval-error.ts'
import type { RabbitmqSettings } from './settings.ts'

export interface Node {
  readonly host: string
  readonly port: number
}

/** Where RabbitMQ is: the nodes of one cluster, any of which will do. */
export interface Address {
  readonly nodes: readonly [Node, ...Node[]]
  readonly virtualHost: string
  /** null where the connection is not encrypted. */
  readonly tls: { readonly ca?: string } | null
}

const PORT = { amqp: 5672, amqps: 5671 }

/** Reads the address of the settings. Throws CONFIG_INVALID where none is set. */
export function addressOf({ rabbitmqUrl, rabbitmqCa }: RabbitmqSettings): Address {
  const parts = /^(amqps?):\/\/([^/]+)(?:\/(.*))?$/i.exec(rabbitmqUrl)
  const [, scheme = '', hosts = '', path = ''] = parts ?? []
  const [first, ...others] = hosts
    .split(',')
    .filter((each) => each !== '')
    .map((each) => nodeOf(each, scheme.toLowerCase() === 'amqps' ? PORT.amqps : PORT.amqp))
  if (first === undefined) {
    throw new RevalError('CONFIG_INVALID', 'REVAL_RABBITMQ_URL is not set or not a URL such as amqp://host:5672')
  }
  return {
    nodes: [first, ...others],
    virtualHost: path === '' ? '/' : decodeURIComponent(path),
    tls: scheme.toLowerCase() === 'amqps' ? { ...(rabbitmqCa !== null && { ca: rabbitmqCa }) } : null,
  }
}

export function shown({ host, port }: Node): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function nodeOf(authority: string, fallback: number): Node {
  const { hostname, port } = new URL(`tcp://${authority}`)
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? fallback : Number(port) }
}
