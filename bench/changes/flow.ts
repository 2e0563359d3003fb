import { setTimeout } from 'node:timers/promises'
import type { Hints } from './hints.ts'
import type { Reader } from './reader.ts'
import type { Refreshed } from './refreshed.ts'
import type { Sources } from './sources.ts'
import type { Change, ChangeSequence } from './subjects.ts'

const TICK_MS = 50
/** Changes published at a time. */
const FLOOD_STEP = 300
/** Changes that are published and not refreshed: more than the writer holds at a time, so it never waits. */
const FLOOD_AHEAD = 6_000
const FLOOD_SENDERS = 3
const FLOOD_LOOK_MS = 10

export interface Flowing {
  readonly sources: Sources
  readonly hints: Hints
  readonly sequence: ChangeSequence
  readonly reader: Reader
  readonly refreshed: Refreshed
}

/** Changes at a rate until the signal is aborted: first the source, then the hint. Resolves with the rate achieved. */
export async function flow(
  { sources, hints, sequence, reader, refreshed }: Flowing,
  perSecond: number,
  signal: AbortSignal,
): Promise<number> {
  const startedAt = performance.now()
  const seconds = () => (performance.now() - startedAt) / 1000
  let sent = 0
  while (!signal.aborted) {
    const next = performance.now() + TICK_MS
    const changes = sequence.takeWithWatched(Math.floor(seconds() * perSecond) - sent)
    sent += changes.length
    await sources.apply(changes)
    reader.expect(changes)
    refreshed.published(changes.length)
    await hints.publish(changes)
    await setTimeout(Math.max(0, next - performance.now()))
  }
  return sent / seconds()
}

/**
 * As many changes as are refreshed, until the signal is aborted; with `prepared`, hints for rows changed before, until
 * they are used up. Resolves with how many were published.
 */
export async function flood(
  { sources, hints, sequence, refreshed }: Flowing,
  signal: AbortSignal,
  prepared: readonly Change[] | null = null,
): Promise<number> {
  let sent = 0
  const sender = async () => {
    while (!signal.aborted) {
      if (refreshed.waiting > FLOOD_AHEAD) {
        await setTimeout(FLOOD_LOOK_MS)
        continue
      }
      const changes = prepared?.slice(sent, sent + FLOOD_STEP) ?? sequence.take(FLOOD_STEP)
      if (changes.length === 0) return
      sent += changes.length
      refreshed.published(changes.length)
      if (prepared === null) await sources.apply(changes)
      await hints.publish(changes)
    }
  }
  await Promise.all(Array.from({ length: FLOOD_SENDERS }, sender))
  return sent
}
