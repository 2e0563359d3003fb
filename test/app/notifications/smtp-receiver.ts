import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import type { TestContext } from 'node:test'
import { CERTIFICATE, KEY } from './localhost-certificate.ts'

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly data: string
  readonly isEncrypted: boolean
}

export interface SmtpOptions {
  /** TLS from the start, or by STARTTLS, or none. */
  readonly tls?: 'from the start' | 'starttls' | 'none'
  /** Accepts the connection and says nothing. */
  readonly hangs?: boolean
  /** Refuses every recipient. */
  readonly refuses?: boolean
}

const SECURE = { key: KEY, cert: CERTIFICATE }

/** A mail server on this machine, as much of SMTP (RFC 5321) as a client that sends needs. */
export async function smtpReceiver(t: TestContext, { tls = 'none', hangs = false, refuses = false }: SmtpOptions = {}) {
  const mails: Mail[] = []
  /** All that clients said, without the contents of mails. */
  const said: string[] = []
  const sockets = new Set<Socket>()
  const connected = Promise.withResolvers<undefined>()

  const converse = (socket: Socket, isEncrypted: boolean, isNew: boolean): void => {
    sockets.add(socket)
    // The client may break the connection off at any time.
    socket.on('error', () => undefined)
    const reply = (line: string) => socket.write(`${line}\r\n`)
    let envelope = { from: '', to: [] as string[] }
    let text = ''
    let isData = false
    const command = (line: string): void => {
      said.push(line)
      const [verb = ''] = line.toUpperCase().split(' ')
      if (verb === 'EHLO') {
        const offered = [...(tls === 'starttls' && !isEncrypted ? ['STARTTLS'] : []), 'AUTH PLAIN', '8BITMIME']
        reply(
          ['250-localhost', ...offered.map((each, at) => `250${at === offered.length - 1 ? ' ' : '-'}${each}`)].join(
            '\r\n',
          ),
        )
      } else if (verb === 'STARTTLS') {
        reply('220 go ahead')
        socket.removeAllListeners('data')
        const encrypted = new TLSSocket(socket, { isServer: true, ...SECURE })
        converse(encrypted, true, false)
      } else if (verb === 'AUTH') reply('235 welcome')
      else if (verb === 'MAIL') {
        envelope = { from: line, to: [] }
        reply('250 ok')
      } else if (verb === 'RCPT') {
        envelope.to.push(line)
        reply(refuses ? '550 no such mailbox: somebody' : '250 ok')
      } else if (verb === 'DATA') {
        isData = true
        reply('354 go on')
      } else if (verb === 'QUIT') socket.end('221 bye\r\n')
      else reply('250 ok')
    }
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      for (;;) {
        const end = text.indexOf(isData ? '\r\n.\r\n' : '\r\n')
        if (end === -1) return
        const part = text.slice(0, end)
        text = text.slice(end + (isData ? 5 : 2))
        if (isData) {
          isData = false
          mails.push({ ...envelope, data: part, isEncrypted })
          reply('250 taken')
        } else command(part)
      }
    })
    if (isNew) {
      connected.resolve(undefined)
      if (!hangs) reply('220 localhost ESMTP')
    }
  }

  const server =
    tls === 'from the start'
      ? createTlsServer(SECURE, (socket) => converse(socket, true, true))
      : createServer((socket) => converse(socket, false, true))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, mails, said, connected: connected.promise }
}
