import type { Config } from '../../config/config.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { CHANGES } from '../../ports/changes.ts'
import { NOTIFICATIONS, type Notifications } from '../../ports/notifications.ts'
import type { WriterContext } from '../../sync/lease/writer.ts'
import { changeRecord, readInstallation } from '../../sync/records.ts'
import { WakeSignal } from '../../sync/wait/wake-signal.ts'
import type { Destination } from './destination.ts'
import { channelsBehind, happenings, type NotifiedFacts } from './happenings.ts'
import { dueOf, withMade, withoutOtherDestinations, withTried, type Tried } from './outbox.ts'
import { ABORTED, attempt, sentNow, type SendSettings } from './send.ts'

/** How often the ledger is looked at when nothing happens: for what depends on time only. */
const LOOK_EVERY_MS = 60_000
const AFTER_ERROR_MS = 10_000
/** Among how many of the latest runs those that ended are looked for. */
const RUNS_READ = 50

type NotifyContext = Pick<WriterContext, 'ledger' | 'clock' | 'events' | 'term' | 'guard'>

export interface NotifyParts {
  readonly config: SendSettings & Pick<Config, 'staleMs'>
  readonly destinations: readonly Destination[]
}

/**
 * Notifies people as the writer, until the signal is aborted. What to notify of follows from the ledger, so it survives the writer; it
 * is recorded by compare-and-set before it is sent, and its delivery after. So each notification is sent once, except that a writer
 * that dies in the moment of sending leaves it to the next to send again, with the same id. Never rejects: an error is a warning.
 */
export async function keepNotifying(context: NotifyContext, parts: NotifyParts, signal: AbortSignal): Promise<void> {
  if (parts.destinations.length === 0) return
  const { clock, events } = context
  const isStopped = () => signal.aborted
  const happened = new WakeSignal()
  const wake = () => happened.wake()
  for (const name of WAKING) events.on(name, wake)
  try {
    while (!isStopped()) {
      let pause = AFTER_ERROR_MS
      try {
        await notice(context, parts)
        const next = await sendDue(context, parts, signal)
        pause = Math.min(LOOK_EVERY_MS, Math.max((next ?? Infinity) - clock.now(), 1))
      } catch (error) {
        if (!isStopped()) events.emit('warning', { doing: 'notifying', error: asRevalError(error) })
      }
      await happened.wait(clock, pause, signal)
    }
  } finally {
    for (const name of WAKING) events.off(name, wake)
  }
}

const WAKING = ['run.ended', 'schedule.decided', 'aliases.changed'] as const

/** Records what there is to notify of. */
async function notice(context: NotifyContext, { config, destinations }: NotifyParts): Promise<void> {
  const { ledger, clock } = context
  const names = destinations.map(({ name }) => name)
  const found = await ledger.read('notifications', NOTIFICATIONS)
  const facts = await readFacts(context, found?.value.since ?? clock.now(), config.staleMs)
  await changeRecord(ledger, 'notifications', NOTIFICATIONS, (known) => {
    const before: Notifications = known ?? { since: facts.since, made: [], behind: [], notifications: [] }
    const made = happenings(facts, before.behind).map((each) => ({ ...each, at: facts.now }))
    const behind = channelsBehind(facts, before.behind)
    const after = withoutOtherDestinations(withMade({ ...before, behind }, made, names), names)
    return known !== null && isSame(after, known) ? null : after
  })
}

function isSame(after: Notifications, before: Notifications): boolean {
  return JSON.stringify(after) === JSON.stringify(before)
}

async function readFacts(
  { ledger, clock, term }: NotifyContext,
  since: number,
  staleMs: number,
): Promise<NotifiedFacts> {
  const { live } = await readInstallation(ledger)
  const changes = (await ledger.read('changes', CHANGES))?.value ?? null
  const [sync, verify] = [await ledger.read('schedule', 'sync'), await ledger.read('schedule', 'verify')]
  return {
    runs: await ledger.runs(RUNS_READ),
    live: live === null ? null : ((await ledger.read('run', live.run))?.value ?? null),
    // What an earlier writer saw of the channels may be long over.
    changes: changes?.term === term ? changes : null,
    schedule: { ...(sync !== null && { sync: sync.value }), ...(verify !== null && { verify: verify.value }) },
    now: clock.now(),
    since,
    staleMs,
  }
}

/** Sends what is due, to all destinations at the same time. Resolves with when something is due next; null for nothing. */
async function sendDue(context: NotifyContext, parts: NotifyParts, signal: AbortSignal): Promise<number | null> {
  const { ledger, clock } = context
  const known = (await ledger.read('notifications', NOTIFICATIONS))?.value
  if (known === undefined) return null
  const tried = (
    await Promise.all(parts.destinations.map((destination) => sendTo(context, parts, { destination, known, signal })))
  ).flat()
  const after =
    tried.length === 0
      ? known
      : await changeRecord(ledger, 'notifications', NOTIFICATIONS, (value) => value && withTried(value, tried))
  const next = parts.destinations.flatMap(({ name }) => dueOf(after ?? known, name, clock.now()).next ?? [])
  return next.length === 0 ? null : Math.min(...next)
}

interface Sending {
  readonly destination: Destination
  readonly known: Notifications
  readonly signal: AbortSignal
}

/** Sends to one destination what is due there, oldest first. After a failure, the others wait too. */
async function sendTo(
  { clock, events, guard }: NotifyContext,
  { config }: NotifyParts,
  { destination, known, signal }: Sending,
): Promise<readonly Tried[]> {
  const tried: Tried[] = []
  for (const notification of dueOf(known, destination.name, clock.now()).due) {
    if (signal.aborted) break
    // Another writer may be sending it.
    guard()
    const reason = await attempt(destination, sentNow(notification, config, clock.now()), clock, signal)
    if (reason === ABORTED) break
    tried.push({ id: notification.id, destination: destination.name, at: clock.now(), reason })
    if (reason === null) {
      events.emit('notification.delivered', { id: notification.id, destination: destination.name })
      continue
    }
    const error = new RevalError('NOTIFICATION_FAILED', `${notification.id}: ${reason}`)
    events.emit('warning', { doing: `sending a notification to ${destination.name}`, error })
    break
  }
  return tried
}
