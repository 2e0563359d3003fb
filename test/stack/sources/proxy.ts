import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { once } from 'node:events'

/** A way to a server that a test can cut, or that speaks TLS on the client's side. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** Ends every connection that is open now, without a word. */
  cut(): void
  /** Passes nothing on any more on the connections that are open now, and ends none. */
  silence(): void
  /** Whether new connections are taken; while they are not, each is ended at once. */
  taking: boolean
}

/** Passes on to a port of this machine; with a certificate, TLS ends here. */
export async function openProxy(
  target: number,
  certificate?: { readonly cert: string; readonly key: string },
  address = '127.0.0.1',
): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const state = { taking: true }
  const pass = (client: Socket) => {
    if (!state.taking) {
      client.destroy()
      return
    }
    const server = connect({ host: '127.0.0.1', port: target })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      // A connection that breaks is what the test is about: the other side is to notice.
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  }
  const listener: Server = certificate === undefined ? createServer(pass) : createTlsServer(certificate, pass)
  // A client that refuses the certificate breaks the handshake off.
  listener.on('tlsClientError', () => undefined)
  listener.listen(0, address)
  await once(listener, 'listening')
  const cut = () => sockets.forEach((socket) => socket.destroy())
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    silence: () => sockets.forEach((socket) => socket.unpipe().pause()),
    get taking() {
      return state.taking
    },
    set taking(taking) {
      state.taking = taking
    },
    [Symbol.asyncDispose]: async () => {
      cut()
      listener.close()
      await once(listener, 'close')
    },
  }
}

/** A port that takes connections and never says a word. */
export async function openSilence(): Promise<Pick<Proxy, 'port'> & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const listener = createServer((socket) => sockets.add(socket.on('error', () => undefined)))
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      sockets.forEach((socket) => socket.destroy())
      listener.close()
      await once(listener, 'close')
    },
  }
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  await using proxy = await openProxy(0)
  return proxy.port
}
