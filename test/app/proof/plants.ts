import type { WorkerBackends } from '../../../src/app/backends.ts'
import { inChunks } from '../../../src/domain/chunks.ts'
import { idOfWrite } from '../../../src/domain/row-differences.ts'
import { decodeHeaders } from '../../../src/messages/headers.ts'
import type { OutgoingMessage, Route } from '../../../src/ports/broker.ts'
import type { IndexStore, StoreWrite, WriteOutcome } from '../../../src/ports/index-store.ts'
import type { RunWorkspace } from '../../../src/ports/run-workspace.ts'
import type { Snapshot } from '../../../src/ports/sources.ts'
import { altered, type Alterations } from '../../faults/altered.ts'

// Ways to plant a fault around a real backend. Production code does not know of them.

export type Plant = (backends: WorkerBackends) => WorkerBackends

/** A row of a message, as it is in the body. */
export type Body = Readonly<Record<string, unknown>>

const rowsIn = (body: Uint8Array): Body[] => [JSON.parse(Buffer.from(body).toString()) as Body | Body[]].flat()

function withRows(message: OutgoingMessage, rows: readonly Body[]): OutgoingMessage {
  return { ...message, body: Buffer.from(JSON.stringify(rows.length === 1 ? rows[0] : rows)) }
}

/** A broker that hands on what this makes of the data messages of a route: none, one or several. */
function onItsWay(
  route: Route,
  handOn: (message: OutgoingMessage, sequence: number) => readonly OutgoingMessage[],
): Plant {
  return (backends) => ({
    ...backends,
    broker: altered(backends.broker, {
      publish: (own) => async (to, message, signal) => {
        const headers = decodeHeaders(message.attributes)
        if (to !== route || headers?.kind !== 'data') return own(to, message, signal)
        for (const each of handOn(message, headers.sequence)) await own(to, each, signal)
      },
    }),
  })
}

/** A codec that encodes each row so: the digest is still that of the row as its sender has it. */
export function encodingRows(route: Route, encode: (row: Body, at: number) => Body): Plant {
  return onItsWay(route, (message) => [withRows(message, rowsIn(message.body).map(encode))])
}

/** The same in an older version, whose digests cannot be compared. */
export function encodingRowsInAnOlderVersion(route: Route, encode: (row: Body) => Body): Plant {
  return onItsWay(route, (message) => {
    const older = { ...message.attributes, 'reval-digest': `1-${'0'.repeat(32)}` }
    return [{ ...withRows(message, rowsIn(message.body).map(encode)), attributes: older }]
  })
}

/** The second message of a route is altered as text. */
export function alteringText(route: Route, alter: (text: string) => string): Plant {
  return onItsWay(route, (message, sequence) => {
    const text = Buffer.from(message.body).toString()
    return [sequence === 2 ? { ...message, body: Buffer.from(alter(text)) } : message]
  })
}

/** The second message of a route lacks its first row. */
export function losingRow(route: Route): Plant {
  return onItsWay(route, (message, sequence) => [
    sequence === 2 ? withRows(message, rowsIn(message.body).slice(1)) : message,
  ])
}

/** The second message of a route is handed on as often as this. */
export function handingOn(route: Route, times: 0 | 2): Plant {
  return onItsWay(route, (message, sequence) =>
    sequence === 2 ? Array.from({ length: times }, () => message) : [message],
  )
}

/** The second message of a route has the body of the first. */
export function repeatingBody(route: Route): Plant {
  let first: OutgoingMessage['body'] | null = null
  return onItsWay(route, (message, sequence) => {
    if (sequence === 1) first = message.body
    return [sequence === 2 ? { ...message, body: first ?? message.body } : message]
  })
}

export type Source = 'traineeSource' | 'doctorSource' | 'exceptionSource'

/** A source whose snapshot gives what this makes of its rows; reading by key is as it should be. */
export function reading<Row>(source: Source, readAs: (rows: readonly Row[]) => readonly Row[]): Plant {
  const misread = <R>(snapshot: Snapshot<R>): Snapshot<R> => ({
    edition: snapshot.edition,
    expected: snapshot.expected,
    batches: async function* (size) {
      const rows = (await Array.fromAsync(snapshot.batches(size))).flat()
      // The rows of this source are of this type.
      yield* inChunks(readAs(rows as readonly unknown[] as readonly Row[]) as readonly unknown[] as readonly R[], size)
    },
    [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose](),
  })
  return (backends) => {
    switch (source) {
      case 'traineeSource':
        return {
          ...backends,
          traineeSource: altered(backends.traineeSource, { snapshot: (own) => async () => misread(await own()) }),
        }
      case 'doctorSource':
        return {
          ...backends,
          doctorSource: altered(backends.doctorSource, { snapshot: (own) => async () => misread(await own()) }),
        }
      case 'exceptionSource':
        return {
          ...backends,
          exceptionSource: altered(backends.exceptionSource, { snapshot: (own) => async () => misread(await own()) }),
        }
    }
  }
}

/** A workspace with some operations altered. */
export function inWorkspace(alterations: Alterations<RunWorkspace>): Plant {
  return (backends) => ({
    ...backends,
    workspaces: { open: async () => altered(await backends.workspaces.open(), alterations) },
  })
}

/** An index store with some operations altered. */
export function inStore(alterations: (store: IndexStore) => Alterations<IndexStore>): Plant {
  return (backends) => ({ ...backends, store: altered(backends.store, alterations(backends.store)) })
}

/** A bulk that carries out what this makes of each write, null for nothing, and answers that all is done. */
export function lyingBulk(carryOut: (write: StoreWrite, at: number, of: number) => StoreWrite | null): Plant {
  return inStore(() => ({
    write: (own) => async (generation, writes, guard) => {
      const done = writes.map((write, at) => carryOut(write, at, writes.length)).filter((write) => write !== null)
      const outcomes = new Map<string, WriteOutcome>()
      const given = await own(generation, done, guard)
      done.forEach((write, at) => outcomes.set(idOfWrite(write), given[at] ?? { status: 'written' }))
      return writes.map((write) => outcomes.get(idOfWrite(write)) ?? { status: 'written' })
    },
  }))
}
