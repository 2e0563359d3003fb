import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { asRevalError } from '../../../src/errors/reval-error.ts'
import type { OutgoingMessage } from '../../../src/ports/broker.ts'
import { GUARANTEES, LOST_BESIDE, type Guarantee } from '../../../src/ports/peers.ts'
import { SERVICE_NAMES, type Installation, type Run, type ServiceName } from '../../../src/ports/run-ledger.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { quickClock } from '../../clock/quick-clock.ts'
import { Gate } from '../../faults/gate.ts'
import { heldOnceStored } from '../../faults/held-backends.ts'
import { bytes, textOf } from '../../messages/bodies.ts'
import { CAPTURED_CHANGES } from '../../messages/change-captures.ts'
import { announceAll } from './announced.ts'
import { referenceMessages, standIn, type Bodies } from './reference-services.ts'
import { suiteOwner } from './suite-owner.ts'
import { ask, runToEnd, startRun, UNJUDGED, until, Workplace, type Documents, type Owner } from './workplace.ts'

/** The Java services that can be beside our integration. */
type Peer = Exclude<ServiceName, 'integration'>

const SETTINGS = { ...UNJUDGED, REVAL_QUIET_SECONDS: '1' }
/** When every membership of the few sources has ended. */
const LATER = '2036-06-01'

/** What was seen in one installation beside a Java service. */
interface Seen {
  /** The first run ever. */
  readonly first: Run
  /** A run over other sources. */
  readonly second: Run
  readonly commands: readonly string[]
  /** Commands that wait for a Java recommendation or connection. */
  readonly waiting: number
  /** What readers see before, during and after it, and after a rollback. */
  readonly former: Documents
  readonly during: Documents
  readonly after: Documents
  readonly later: Documents
  readonly rolledBack: Documents
  /** After other changes were announced. */
  readonly changed: Documents
  /** A run that was left by integration while the Java service sent, or ours in its place. */
  readonly left: Run
  /** The code with which a run is refused meanwhile, and after it. */
  readonly besideARun: string | null
  readonly afterTheRun: string | null
}

/** What an installation without Java services shows of the same sources. */
interface Expected {
  readonly former: Documents
  readonly after: Documents
  readonly changed: Documents
}

const CHANGED = { label: 'changed', trainees: 18, doctors: 22, reasons: 6 }
const settingsBeside = (peer: Peer) => ({
  ...SETTINGS,
  REVAL_JAVA_PEERS: peer,
  REVAL_LISTS: peer === 'tcs' ? 'views' : 'tables',
})
const quick = (backends: WorkerBackends): WorkerBackends => ({ ...backends, clock: quickClock(backends.clock, 10) })

interface Started {
  readonly worker: Worker
  readonly backends: WorkerBackends
}

/** Ours, with a stand-in for the Java service; `sent` gives what it sends of the sources as they are at the n-th command. */
async function startBeside(
  place: Workplace,
  peer: Peer,
  { alter = quick, rows = Infinity }: { readonly alter?: typeof quick; readonly rows?: number } = {},
): Promise<Started> {
  let opened: WorkerBackends | null = null
  const ours = SERVICE_NAMES.filter((service) => service !== peer)
  const worker = await place.start((own) => (opened = alter(own)), createRunEvents(), ours)
  assert.ok(opened)
  const backends: WorkerBackends = opened
  const bodies = async function* (of: 'trainees' | 'doctors'): Bodies {
    const sent = (await referenceMessages(backends, place.config))[of]
    yield* sent.rows.slice(0, rows)
    if (rows === Infinity) yield sent.end
  }
  if (peer === 'tcs') await standIn(backends.broker, 'syncStart', () => bodies('trainees'))
  if (peer === 'recommendation') await standIn(backends.broker, 'gmcSyncStart', () => bodies('doctors'))
  return { worker, backends }
}

/** The code with which a run is refused; null if it starts. */
async function refusalOfRun(worker: Worker): Promise<string | null> {
  try {
    const { ended } = await startRun(worker)
    // It may be left when the worker stops.
    ended.catch(() => undefined)
    return null
  } catch (error) {
    return asRevalError(error).code
  }
}

/** A sync, a sync of other sources, a rollback and back, and changes. */
async function seenBeside(t: Owner, peer: Peer): Promise<Seen> {
  const place = await Workplace.make(t, settingsBeside(peer))
  await place.loadFew({ label: 'former' })
  const gate = new Gate()
  let isSecond = false
  const alter = (backends: WorkerBackends) => {
    const own = quick(backends)
    const held = heldOnceStored(own, 'catching up', gate)
    const save: WorkerBackends['ledger']['save'] = (...values) => (isSecond ? held : own).ledger.save(...values)
    return { ...own, ledger: { ...own.ledger, save } }
  }
  const { worker, backends } = await startBeside(place, peer, { alter })
  const commands: string[] = []
  worker.context.events.on('command.published', ({ stage }) => commands.push(stage))
  const first = await runToEnd(worker)
  if (first.state === 'held back') await ask(worker, 'promote', first.id)
  const former = await place.documents()
  await place.loadFew({ label: 'new' })
  isSecond = true
  const { ended } = await startRun(worker)
  await gate.reached
  const during = await place.documents()
  const besideARun = await refusalOfRun(worker)
  gate.open()
  const second = await ended
  const after = await place.documents()
  const later = await place.documents('live', LATER)
  await ask(worker, 'rollback')
  const rolledBack = await place.documents()
  await ask(worker, 'rollback')
  await place.loadFew(CHANGED)
  await announceAll(worker)
  const changed = await place.documents()
  const depths = await Promise.all(
    (['getMaster.recommendation', 'getMaster.connection'] as const).map((queue) => backends.broker.depth(queue)),
  )
  const waiting = depths.reduce((sum, depth) => sum + depth.waiting, 0)
  await worker.stop()
  const { left, afterTheRun } = await leftBeside(place, peer)
  return {
    first,
    second,
    commands,
    waiting,
    former,
    during,
    after,
    later,
    rolledBack,
    changed,
    left,
    besideARun,
    afterTheRun,
  }
}

/** Integration stops during the stage of the Java service, and starts again. */
async function leftBeside(place: Workplace, peer: Peer): Promise<Pick<Seen, 'left' | 'afterTheRun'>> {
  const stage = peer === 'recommendation' ? 'doctors' : 'trainees'
  const gate = new Gate()
  const held = (backends: WorkerBackends) =>
    peer === 'connection' ? heldOnceStored(quick(backends), stage, gate) : quick(backends)
  const first = await startBeside(place, peer, { alter: held, rows: 3 })
  const received = new Promise<void>((resolve) => {
    first.worker.context.events.on('stage.progress', ({ progress }) => {
      if (progress.rows >= 3) resolve()
    })
  })
  const { id, ended } = await startRun(first.worker)
  ended.catch(() => undefined)
  if (peer === 'connection') await gate.reached
  else await received
  gate.open()
  await first.worker.stop()
  const second = await startBeside(place, peer)
  const { ledger } = second.backends
  const isOver = async () => ((await ledger.read('run', id))?.value.finishedAt ?? null) !== null
  await until(isOver)
  const left = (await ledger.read('run', id))?.value
  assert.ok(left)
  const afterTheRun = await refusalOfRun(second.worker)
  await second.worker.stop()
  return { left, afterTheRun }
}

/** The same sources without Java services. */
async function seenWithout(t: Owner): Promise<Expected> {
  const place = await Workplace.make(t, SETTINGS)
  const worker = await place.start(quick)
  const synced = async (few: Parameters<Workplace['loadFew']>[0]) => {
    await place.loadFew(few)
    assert.equal((await runToEnd(worker)).state, 'live')
    return place.documents()
  }
  return {
    former: await synced({ label: 'former' }),
    after: await synced({ label: 'new' }),
    changed: await synced(CHANGED),
  }
}

const verdicts = ({ evidence }: Run, of: RegExp) => [
  ...new Set(evidence?.checks.filter(({ what }) => of.test(what)).map(({ verdict }) => verdict)),
]
const COUNTED_BY_SERVICES = /counted by/

/** What holds where a guarantee does. */
const KEPT: Readonly<Record<Guarantee, (seen: Seen, expected: Expected) => void>> = {
  proved: ({ second }) => {
    assert.deepEqual([second.unproved, verdicts(second, /reported and received/)], [[], ['same']])
    assert.ok((second.evidence?.digests.compared ?? 0) > 0 && second.evidence?.digests.skipped === 0)
  },
  automatic: ({ first, second }) => assert.deepEqual([first.state, second.state], ['live', 'live']),
  restarts: ({ left }) =>
    assert.deepEqual([left.state, left.restarts.map(({ cause }) => cause)], ['live', ['takeover']]),
  apart: ({ besideARun, afterTheRun }) => assert.deepEqual([besideARun, afterTheRun], ['RUN_IN_PROGRESS', null]),
  counted: ({ second }) => {
    assert.deepEqual(Object.keys(second.evidence?.lists ?? {}).sort(), ['connection', 'recommendation'])
    assert.deepEqual(verdicts(second, COUNTED_BY_SERVICES), ['same'])
  },
  whole: ({ former, during, after }, expected) => {
    assert.deepEqual([former, during, after], [expected.former, expected.former, expected.after])
  },
  undo: ({ rolledBack }, expected) => assert.deepEqual(rolledBack, expected.former),
  agree: ({ after }, expected) => assert.deepEqual(after, expected.after),
  today: ({ after, later }) => assert.ok(later.exceptionindex.length > after.exceptionindex.length),
  changes: ({ changed }, expected) => assert.deepEqual(changed, expected.changed),
}

const unprovedOf = (stage: 'trainees' | 'doctors', other: RegExp) => ({
  proved: ({ second }: Seen) => {
    assert.deepEqual(
      [second.unproved, verdicts(second, new RegExp(`${stage} reported and received`))],
      [[stage], ['not compared']],
    )
    assert.deepEqual(verdicts(second, other), ['same'])
  },
  automatic: ({ first, second }: Seen) => {
    assert.deepEqual([first.state, first.failure?.code, second.state], ['held back', 'CHECK_UNPROVED', 'live'])
  },
  restarts: ({ left }: Seen) => assert.deepEqual([left.state, left.failure?.code], ['failed', 'SENDER_STILL_SENDING']),
  apart: ({ besideARun, afterTheRun }: Seen) => {
    // What it still sends would count for the next run.
    assert.deepEqual([besideARun, afterTheRun], ['RUN_IN_PROGRESS', 'SENDER_STILL_SENDING'])
  },
})

/** A Java service that writes lists: that it harms them only when it is behind is tested on servers. */
const OF_LIST_WRITERS = {
  counted: ({ second, commands, waiting }: Seen) => {
    assert.deepEqual([second.evidence?.lists, verdicts(second, COUNTED_BY_SERVICES)], [{}, ['not compared']])
    assert.deepEqual([commands.includes('lists'), waiting], [false, 0], 'getMaster is not sent')
  },
  agree: KEPT.agree,
  today: ({ after, later }: Seen) => assert.deepEqual(later.exceptionindex, after.exceptionindex),
}

/** What is left of a guarantee beside a Java service. */
const LEFT: Readonly<Record<Peer, Partial<typeof KEPT>>> = {
  tcs: unprovedOf('trainees', /doctors reported and received/),
  recommendation: { ...unprovedOf('doctors', /trainees reported and received/), ...OF_LIST_WRITERS },
  connection: OF_LIST_WRITERS,
}

/** What our tcs does for a Java integration service, which has no runs. */
interface SeenByIntegration {
  readonly installation: Installation
  readonly generations: readonly string[]
  /** What it sends for two commands. */
  readonly sent: readonly OutgoingMessage[]
  readonly rows: number
}

/** The commands of a Java integration service, as captured. */
const COMMANDS = readFileSync(new URL('../../fixtures/java/commands.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as { readonly routingKey: string; readonly body: string })

async function seenByIntegration(t: Owner): Promise<SeenByIntegration> {
  const place = await Workplace.make(t, { ...SETTINGS, REVAL_JAVA_PEERS: 'integration,recommendation,connection' })
  await place.loadFew()
  let opened: WorkerBackends | null = null
  const worker = await place.start((own) => (opened = quick(own)), createRunEvents(), ['tcs'])
  assert.ok(opened)
  const { trainees } = await referenceMessages(opened, place.config)
  const { broker } = worker.context
  const sent: OutgoingMessage[] = []
  const consumer = await broker.consume(
    'traineeData',
    { prefetch: 1, onTrouble: () => undefined },
    async (delivery) => {
      sent.push({ body: delivery.body, attributes: delivery.attributes })
      await delivery.acknowledge()
    },
  )
  const command = COMMANDS.find(({ routingKey }) => routingKey.endsWith('connection.syncstart'))
  for (let times = 1; times <= 2; times += 1) {
    await broker.publish('syncStart', { body: bytes(command?.body ?? ''), attributes: {} })
    await until(() => Promise.resolve(sent.length === times * (trainees.rows.length + 1)))
  }
  await consumer.stop()
  await worker.stop()
  const installation = await place.installation()
  return { installation, generations: await place.generations(), sent, rows: trainees.rows.length }
}

/** Nothing of ours is kept, so there is nothing to check, compare, promote, restart or go back to. */
const nothingIsKept = ({ installation, generations }: SeenByIntegration) => {
  const { live, previous, currentRun, history } = installation
  assert.deepEqual([live, previous, currentRun, history, generations], [null, null, null, [], []])
}
/** What the Java integration published for a change, beside what it was sent. */
const captured = (name: string) => {
  const change = CAPTURED_CHANGES.find((each) => each.name === name)
  const body = (text: string | undefined) => JSON.parse(text ?? '') as Readonly<Record<string, unknown>>
  return { sent: body(change?.body), published: body(change?.published[0]?.body) }
}

const BESIDE_INTEGRATION: Readonly<Record<Guarantee, (seen: SeenByIntegration) => void>> = {
  proved: ({ sent }) => assert.ok(sent.every(({ attributes }) => Object.keys(attributes).length === 0)),
  automatic: nothingIsKept,
  restarts: nothingIsKept,
  apart: ({ sent, rows }) => {
    const ends = sent.flatMap(({ body }, at) => (textOf(body).includes('"syncEnd":true') ? [at] : []))
    assert.deepEqual(ends, [rows, 2 * rows + 1])
  },
  counted: nothingIsKept,
  whole: nothingIsKept,
  undo: nothingIsKept,
  agree: nothingIsKept,
  today: nothingIsKept,
  changes: () => {
    const cleared = captured('trainee-nulls-do-not-clear')
    assert.deepEqual([cleared.sent.programmeName, cleared.published.programmeName], [null, 'Cardiology'])
    const moved = captured('trainee-membership-end-in-the-past')
    assert.deepEqual([moved.sent.programmeMembershipType, moved.published.membershipType], ['VISITOR', 'FTSTA'])
  },
}

describe('beside one Java service,', () => {
  const owner = suiteOwner()
  let expected: Expected | null = null
  before(async () => {
    expected = await seenWithout(owner)
  })
  describe('integration:', () => {
    let seen: SeenByIntegration | null = null
    before(async () => {
      seen = await seenByIntegration(owner)
    })
    for (const guarantee of Object.keys(GUARANTEES) as Guarantee[]) {
      test(`${GUARANTEES[guarantee]}: ${LOST_BESIDE.integration[guarantee] ?? 'yes'}`, () => {
        assert.ok(seen && LOST_BESIDE.integration[guarantee] !== undefined)
        BESIDE_INTEGRATION[guarantee](seen)
      })
    }
  })
  for (const peer of ['tcs', 'recommendation', 'connection'] as const) {
    describe(`${peer}:`, () => {
      let seen: Seen | null = null
      before(async () => {
        seen = await seenBeside(owner, peer)
      })
      for (const guarantee of Object.keys(GUARANTEES) as Guarantee[]) {
        const left = LOST_BESIDE[peer][guarantee]
        test(`${GUARANTEES[guarantee]}: ${left ?? 'yes'}`, () => {
          assert.ok(seen && expected)
          const holds = left === undefined ? KEPT[guarantee] : LEFT[peer][guarantee]
          assert.ok(holds, 'nothing tests what is left of it')
          holds(seen, expected)
        })
      }
    })
  }
})
