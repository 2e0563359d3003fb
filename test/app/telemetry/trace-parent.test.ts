import assert from 'node:assert/strict'
import { test } from 'node:test'
import { traceParentIn, withTraceParent } from '../../../src/app/telemetry/trace-parent.ts'

const CONTEXT = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', traceFlags: 1 }

test('the context of a trace travels beside the other attributes', () => {
  const attributes = withTraceParent({ 'reval-run': 'r' }, CONTEXT)
  assert.deepEqual(attributes, {
    'reval-run': 'r',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  })
  assert.deepEqual(traceParentIn(attributes), { ...CONTEXT, isRemote: true })
})

test('what is no context of version 00 is none', () => {
  const invalid = [
    '',
    'x',
    '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  ]
  for (const traceparent of invalid) assert.equal(traceParentIn({ traceparent }), null, traceparent)
  assert.equal(traceParentIn({}), null)
})
