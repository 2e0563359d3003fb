import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { traceIdOf } from '../../../src/app/telemetry/otlp-traces.ts'
import { decodeHeaders } from '../../../src/messages/headers.ts'
import type { OutgoingMessage, Route } from '../../../src/ports/broker.ts'
import type { RunEventMap } from '../../../src/sync/events.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { startCollector, type Collector, type ReceivedSpan } from '../../../scripts/traces/collector.ts'
import { traceText } from '../../../scripts/traces/trace-text.ts'
import { altered } from '../../faults/altered.ts'
import { runToEnd, UNJUDGED, Workplace } from '../job/workplace.ts'

/** A worker that sends its traces to a collector, and what its broker is given to publish. */
async function tracing(t: TestContext) {
  const collector = await startCollector()
  t.after(() => collector[Symbol.asyncDispose]())
  const place = await Workplace.make(t, { ...UNJUDGED, REVAL_TRACES: collector.url })
  await place.loadFew()
  const published: { readonly route: Route; readonly message: OutgoingMessage }[] = []
  const worker = await place.start((backends) => ({
    ...backends,
    broker: altered(backends.broker, {
      publish: (own) => (route, message, signal) => {
        published.push({ route, message })
        return own(route, message, signal)
      },
    }),
  }))
  return { collector, place, worker, published }
}

/** The names of a span and of those above it, innermost first. */
function pathOf(span: ReceivedSpan, { spans }: Pick<Collector, 'spans'>): readonly string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
  return [span.name, ...(parent === undefined ? [] : pathOf(parent, { spans }))]
}

function named(name: string, { spans }: Pick<Collector, 'spans'>): ReceivedSpan {
  return spans.find((span) => span.name === name) ?? assert.fail(`no span "${name}"`)
}

describe('traces', { concurrency: 3 }, () => {
  test('follow a run through commands, sources, messages and the index store, as one trace', async (t) => {
    const { collector, worker, published } = await tracing(t)
    const run = await runToEnd(worker)
    await worker.stop()
    const { spans } = collector
    assert.deepEqual(new Set(spans.map(({ traceId }) => traceId)), new Set([traceIdOf(run.id)]))
    assert.deepEqual(pathOf(named('index store: write', { spans }), { spans }), [
      'index store: write',
      'write doctors',
      'receive doctorData',
      'publish doctorData',
      'receive gmcSyncStart',
      'publish gmcSyncStart',
      'stage: doctors',
      'run: sync',
    ])
    assert.deepEqual(pathOf(named('read all trainees', { spans }), { spans }), [
      'read all trainees',
      'receive syncStart',
      'publish syncStart',
      'stage: trainees',
      'run: sync',
    ])
    assert.deepEqual(pathOf(named('index store: move aliases', { spans }), { spans }), [
      'index store: move aliases',
      'stage: promoting',
      'run: sync',
    ])
    const root = named('run: sync', { spans })
    assert.equal(root.parentSpanId, null)
    assert.deepEqual([root.attributes['reval.run'], root.attributes['reval.state']], [run.id, 'live'])
    assert.equal(named('read all doctors', { spans }).attributes['reval.rows'], 20)
    assert.ok(spans.every(({ startedAt, endedAt, isFailed }) => endedAt >= startedAt && !isFailed))
    assert.match(traceText(spans), /run: sync run=\S+ state=live\n.*\n/)

    for (const { message } of published) {
      const { traceparent, ...others } = message.attributes
      assert.match(traceparent ?? '', new RegExp(`^00-${traceIdOf(run.id)}-[0-9a-f]{16}-01$`))
      assert.deepEqual(decodeHeaders(message.attributes), decodeHeaders(others))
      assert.ok(Object.keys(message.attributes).length <= 9)
    }
    assert.ok(published.length >= 7)
  })

  test('follow a change from its sender until its rows are visible and announced', async (t) => {
    const { collector, place, worker, published } = await tracing(t)
    await runToEnd(worker)
    await place.loadFew({ label: 'changed' })
    published.length = 0
    const sender = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' }
    const refreshed = Promise.withResolvers<RunEventMap['changes.refreshed'][0]>()
    worker.context.events.on('changes.refreshed', refreshed.resolve)
    await worker.context.broker.publish('traineeChanged', {
      body: Buffer.from(JSON.stringify({ tcsPersonId: 7 })),
      attributes: { traceparent: `00-${sender.traceId}-${sender.spanId}-01` },
    })
    assert.equal((await refreshed.promise).written, 1)
    await worker.stop()
    const spans = collector.spans.filter(({ traceId }) => traceId === sender.traceId)
    const received = named('receive traineeChanged', { spans })
    assert.equal(received.parentSpanId, sender.spanId)
    assert.equal(received.attributes['reval.end'], 'acknowledged')
    for (const name of [
      'read trainees',
      'read doctors',
      'read exception reasons',
      'index store: write',
      'publish masterRowChanged',
    ]) {
      const path = pathOf(named(name, { spans }), { spans })
      assert.deepEqual(path, [name, 'refresh changes', 'receive traineeChanged'])
    }
    const visible = spans.filter(({ name }) => name === 'index store: make visible')
    assert.ok(visible.length > 0 && visible.every(({ endedAt }) => endedAt <= received.endedAt))
    const [announced] = published.filter(({ route }) => route === 'masterRowChanged')
    assert.match(announced?.message.attributes.traceparent ?? '', new RegExp(`^00-${sender.traceId}-`))
  })

  test('of changes that are refreshed together are linked', async (t) => {
    const { collector, worker } = await tracing(t)
    await runToEnd(worker)
    const { broker, events } = worker.context
    const messages = new Set<number>()
    const all = Promise.withResolvers<undefined>()
    let done = 0
    events.on('changes.refreshed', (batch) => {
      messages.add(batch.messages)
      if ((done += batch.messages) === 3) all.resolve(undefined)
    })
    const change = (tcsPersonId: number) => ({ body: Buffer.from(JSON.stringify({ tcsPersonId })), attributes: {} })
    await Promise.all([1, 2, 3].map((person) => broker.publish('traineeChanged', change(person))))
    await all.promise
    await worker.stop()
    const receipts = collector.spans.filter(({ name }) => name === 'receive traineeChanged')
    assert.equal(new Set(receipts.map(({ traceId }) => traceId)).size, 3)
    assert.ok(receipts.every(({ parentSpanId }) => parentSpanId === null))
    for (const receipt of receipts) {
      const isAbout = ({ parentSpanId, links }: ReceivedSpan) =>
        parentSpanId === receipt.spanId || links.some(({ spanId }) => spanId === receipt.spanId)
      const work = collector.spans.find((span) => span.name === 'refresh changes' && isAbout(span))
      assert.ok(work !== undefined)
      const leads = work.parentSpanId === receipt.spanId || receipt.links.some(({ spanId }) => spanId === work.spanId)
      assert.ok(leads, 'the trace of each change leads to the work')
    }
  })

  test('that nobody takes cost a run nothing, and are reported once', async (t) => {
    const place = await Workplace.make(t, { REVAL_TRACES: 'http://127.0.0.1:9' })
    await place.loadFew()
    const events = createRunEvents()
    const warnings: string[] = []
    events.on('warning', ({ error: { code } }) => warnings.push(code))
    const worker = await place.start((backends: WorkerBackends) => backends, events)
    assert.equal((await runToEnd(worker)).state, 'live')
    assert.equal((await runToEnd(worker)).state, 'live')
    await worker.stop()
    assert.deepEqual(warnings, ['TRACES_NOT_SENT'])
  })
})
