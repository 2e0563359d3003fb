import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { certificate } from '../certificates.ts'
import { servers } from '../servers.ts'

/** A network between a client and RabbitMQ that can be cut, stopped and mended. */
export class Proxy {
  readonly port: number
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #cut = false
  #silent = false

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  static async open({ tls = false } = {}): Promise<Proxy> {
    const accept = (socket: Socket) => proxy.#accept(socket)
    const server = tls
      ? createTlsServer({ cert: certificate('cert.pem'), key: certificate('key.pem') }, accept)
      : createServer(accept)
    // A client that refuses the certificate is no fault of the proxy.
    server.on('tlsClientError', () => undefined)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const proxy = new Proxy(server)
    return proxy
  }

  /** How many connections go through it now. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Ends every connection, and refuses new ones until `mend`. */
  cut(): void {
    this.#cut = true
    for (const [near, far] of this.#pairs) {
      near.destroy()
      far.destroy()
    }
  }

  /** Nothing goes through any more, and nobody is told, until `mend`. */
  silence(): void {
    this.#silent = true
    for (const sockets of this.#pairs) for (const socket of sockets) socket.pause()
  }

  mend(): void {
    this.#cut = false
    this.#silent = false
    for (const sockets of this.#pairs) for (const socket of sockets) socket.resume()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(near: Socket): void {
    if (this.#cut) {
      near.destroy()
      return
    }
    const { hostname, port } = new URL(servers.rabbitmq.url)
    const far = connect(Number(port), hostname)
    const pair = [near, far] as const
    this.#pairs.add(pair)
    near.on('data', (bytes) => far.write(bytes))
    far.on('data', (bytes) => near.write(bytes))
    for (const socket of pair) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
      if (this.#silent) socket.pause()
    }
  }
}
