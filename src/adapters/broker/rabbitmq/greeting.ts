import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { RevalError } from '../../../errors/reval-error.ts'
import { shown, type Address, type Node } from './address.ts'
import { connectFault } from './faults.ts'

/** What a server says of itself before anybody logs in. */
export interface Greeting {
  readonly product: string
  /** Such as `3.10.8`. */
  readonly version: string
}

const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1')
/** Type, channel and size of a frame; then class and method `connection.start`. */
const FRAME_HEADER = 7
const CONNECTION_START = 0x000a000a
/** Much more than any server's greeting. */
const LONGEST_GREETING = 65_536

/**
 * Asks a server who it is; the client library keeps that to itself. Rejects SERVER_UNREACHABLE, or SERVER_UNSUITABLE
 * when what answers does not speak AMQP 0-9-1.
 */
export async function greet(address: Address, node: Node, timeoutMs: number): Promise<Greeting> {
  const { promise, resolve, reject } = Promise.withResolvers<Greeting>()
  const socket = address.tls
    ? connectTls({ host: node.host, port: node.port, ...address.tls })
    : connectTcp({ host: node.host, port: node.port })
  let received = Buffer.alloc(0)
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs / 1_000} s`)))
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    try {
      const greeting = readGreeting(received)
      if (greeting !== null) resolve(greeting)
    } catch (error) {
      const told = error instanceof Error ? error.message : String(error)
      const message = `the server at ${shown(node)} (REVAL_RABBITMQ_URL) is not RabbitMQ: ${told}`
      reject(new RevalError('SERVER_UNSUITABLE', message, { cause: error }))
    }
  })
  socket.on('error', (error) => reject(connectFault(error, address, [node])))
  socket.on('close', () => {
    const encrypted = address.tls ? '' : ' (if it expects TLS, use amqps://)'
    const error = new Error(`connection closed without a handshake${encrypted}`)
    reject(connectFault(error, address, [node]))
  })
  socket.write(PROTOCOL_HEADER)
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}

/** null while it is not complete; throws for what is no greeting. */
function readGreeting(received: Buffer): Greeting | null {
  if (received.length >= 1 && received[0] !== 1) throw new Error('not AMQP 0-9-1')
  if (received.length < FRAME_HEADER + 4) return null
  const size = received.readUInt32BE(3)
  if (received.readUInt32BE(FRAME_HEADER) !== CONNECTION_START || size > LONGEST_GREETING) {
    throw new Error('not an AMQP 0-9-1 handshake')
  }
  if (received.length < FRAME_HEADER + size) return null
  // After the method: the version of the protocol in two bytes, then the table of properties with its length.
  const table = FRAME_HEADER + 4 + 2
  const properties = readTexts(received.subarray(table + 4, table + 4 + received.readUInt32BE(table)))
  return { product: properties.get('product') ?? 'unnamed server', version: properties.get('version') ?? 'unknown' }
}

/** The texts of a table; tables and truths, the only others there are in a greeting, are passed over. */
function readTexts(table: Buffer): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (let at = 0; at < table.length;) {
    const nameEnd = at + 1 + table.readUInt8(at)
    const name = table.toString('utf8', at + 1, nameEnd)
    const type = String.fromCharCode(table.readUInt8(nameEnd))
    if (type === 't') {
      at = nameEnd + 2
      continue
    }
    if (type !== 'S' && type !== 'F') break
    at = nameEnd + 5 + table.readUInt32BE(nameEnd + 1)
    if (type === 'S') texts.set(name, table.toString('utf8', nameEnd + 5, at))
  }
  return texts
}

/** Whether a version, such as `3.10.8`, is at least this one. An unknown version is. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const numbers = /^(\d+)\.(\d+)/.exec(version)
  if (numbers === null) return true
  const [, itsMajor, itsMinor] = numbers.map(Number)
  return (itsMajor ?? 0) > major || (itsMajor === major && (itsMinor ?? 0) >= minor)
}

/** Asks the nodes one after the other, and rejects with what the first one did when none answers. */
export async function greetAny(address: Address, timeoutMs: number): Promise<Greeting> {
  const refusals: unknown[] = []
  for (const node of address.nodes) {
    try {
      return await greet(address, node, timeoutMs)
    } catch (error) {
      refusals.push(error)
    }
  }
  throw refusals[0]
}
