import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { Delivery } from '../../../src/ports/broker.ts'
import { DeliveryEnds } from '../../../src/sync/receive/delivery-ends.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { bytes } from '../../messages/bodies.ts'
import { aContext, brokerFor, told } from '../a-context.ts'

test('a message counts as dead-lettered only once it is', async (t) => {
  const broker = brokerFor(t, new ManualClock())
  const context = aContext({ broker })
  const events = told(context, 'warning', 'message.deadLettered')
  const refuse = async (isStopped: boolean) => {
    const arrived = Promise.withResolvers<Delivery>()
    const options = { prefetch: 1, onTrouble: assert.ifError }
    const consumer = await broker.consume('doctorData', options, arrived.resolve)
    const delivery = await arrived.promise
    if (isStopped) await consumer.stop()
    await new DeliveryEnds(context, 'doctorData').refuse(delivery, new RevalError('MESSAGE_INVALID', 'no doctor'))
  }
  await broker.publish('doctorData', { body: bytes('7'), attributes: {} })
  await refuse(true)
  assert.deepEqual(events, ['warning'])
  await refuse(false)
  assert.deepEqual(events, ['warning', 'message.deadLettered'])
})
