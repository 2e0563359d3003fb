import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROUTES, type BrokerCapabilities, type Route } from '../../src/ports/broker.ts'
import { closing } from './broker/closing.ts'
import { consuming } from './broker/consuming.ts'
import { deadLetters } from './broker/dead-letters.ts'
import { delivering } from './broker/delivering.ts'
import { ending } from './broker/ending.ts'
import { exclusive } from './broker/exclusive.ts'
import { keeping } from './broker/keeping.ts'
import { losingNothing } from './broker/losing-nothing.ts'
import type { BrokerFactory } from './broker/place.ts'
import { publishing } from './broker/publishing.ts'

export type { BrokerFactory, BrokerPlace } from './broker/place.ts'

/**
 * What every Broker does. `routes` are those that the backend carries; all of them are tried, and the first one
 * stands for the others where one is enough.
 */
export function brokerContract(
  factory: BrokerFactory,
  capabilities: BrokerCapabilities,
  routes: readonly [Route, ...Route[]] = ROUTES,
): void {
  test('its capabilities are correct', async (t) => {
    const place = await factory()
    t.after(() => place.dispose())
    assert.deepEqual(place.broker.capabilities, capabilities)
  })
  const [route] = routes
  delivering(factory, routes)
  consuming(factory, route)
  exclusive(factory, capabilities, routes)
  ending(factory, route)
  deadLetters(factory, routes)
  publishing(factory, routes)
  losingNothing(factory, route)
  closing(factory, route)
  if (capabilities.keepsMessages) keeping(factory, route)
}
