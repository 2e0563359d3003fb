import { fastifySSE } from '@fastify/sse'
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import fastify from 'fastify'
import { EventStream } from '../../../src/app/http/live/event-stream.ts'
import { EventClient } from './event-client.ts'

/** A server whose only route gives its stream to the test. */
async function serving(t: TestContext) {
  const opened = Promise.withResolvers<EventStream>()
  const server = fastify({ forceCloseConnections: true })
  await fastifySSE(server, {})
  server.get('/', { sse: 'manual' }, async (_request, reply) => {
    const stream = new EventStream(reply)
    stream.send({ event: 'hello', data: {}, retry: 5_000 })
    opened.resolve(stream)
  })
  const address = await server.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => server.close())
  return { address, opened: opened.promise }
}

test('a reader that does not read is dropped', async (t) => {
  const { address, opened } = await serving(t)
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => undefined)
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n')
  const stream = await opened
  // More than the buffers of the connection hold.
  const text = 'x'.repeat(1_000_000)
  for (let sent = 0; sent < 100; sent += 1) stream.send({ event: 'figures', data: { text } })
  await stream.closed
  // Nothing happens on a closed stream.
  stream.send({ event: 'figures', data: {} })
  await stream.end({ event: 'bye', data: {} })
})

test('messages leave in order, and the last one before the end', async (t) => {
  const { address, opened } = await serving(t)
  const client = await EventClient.open(address)
  const stream = await opened
  for (let each = 0; each < 20; each += 1) stream.send({ event: 'number', data: each })
  await stream.end({ event: 'bye', data: { again: 5 } })
  stream.send({ event: 'late', data: {} })
  await stream.closed
  assert.ok(await client.until('bye'))
  assert.ok(await client.isAtEnd())
  assert.deepEqual(
    client.messages.flatMap(({ event, data }) => (event === 'number' ? [data] : [])),
    [...Array(20).keys()],
  )
  assert.equal(
    client.messages.some(({ event }) => event === 'late'),
    false,
  )
})

test('a reader that leaves closes the stream', async (t) => {
  const { address, opened } = await serving(t)
  const client = await EventClient.open(address)
  const stream = await opened
  client.leave()
  await stream.closed
})
