import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** The status line and the headers. */
  readonly head: string
  readonly body: string
}

/** Sends bytes that no client would send: a request line, headers, and perhaps a body after a blank line. */
export async function sendRaw(address: string, head: string, body = ''): Promise<RawAnswer> {
  const { hostname, port } = new URL(address)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')))
  // Not ended: the server takes that for a caller who left.
  socket.write(`${head}\r\nHost: localhost\r\nConnection: close\r\n\r\n${body}`)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of socket) chunks.push(Buffer.from(chunk as Uint8Array))
  } catch (error) {
    // A server that refuses a request need not read its body to the end.
    if (chunks.length === 0) throw error
  }
  const text = Buffer.concat(chunks).toString()
  const end = text.indexOf('\r\n\r\n')
  const top = end === -1 ? text : text.slice(0, end)
  return { status: Number(top.split(' ')[1]), head: top, body: end === -1 ? '' : text.slice(end + 4) }
}
