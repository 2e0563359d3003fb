import { CHANGES, CHANNELS, type Channel } from '../../ports/changes.ts'
import type { SyncContext } from '../context.ts'
import { prefetchOf } from '../refresh/channel-consumer.ts'

const POLL_MS = 500

type Context = Pick<SyncContext, 'broker' | 'ledger' | 'clock' | 'settings'>

/**
 * Waits until the changes that are in the channels now have been refreshed, but no longer than `withinMs`. Resolves with
 * whether they have. A channel need not become empty for that: under a steady flow it never is.
 */
export async function waitingChangesDone(context: Context, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const { clock, settings } = context
  if (!settings.liveChanges) return true
  const since = clock.now()
  const deadline = clock.monotonic() + withinMs
  let open: readonly Channel[] = CHANNELS
  for (;;) {
    open = await filtered(open, (channel) => hasChangesOf(context, channel, since))
    if (open.length === 0) return true
    if (clock.monotonic() >= deadline) return false
    await clock.wait(POLL_MS, signal)
    signal.throwIfAborted()
  }
}

/** Whether a channel may still have a change that was sent before an instant. */
async function hasChangesOf({ broker, ledger, settings }: Context, channel: Channel, since: number): Promise<boolean> {
  const { waiting, unacknowledged } = await broker.depth(channel)
  if (waiting + unacknowledged === 0) return false
  // The oldest change in progress is the oldest of all, unless there are more than the writer takes at a time.
  const load = (await ledger.read('changes', CHANGES))?.value.channels[channel]
  if (load === undefined || load.oldestAt === null || load.waiting >= prefetchOf(settings)) return true
  return load.oldestAt <= since
}

async function filtered<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const kept = await Promise.all(items.map(keep))
  return items.filter((_, at) => kept[at])
}
