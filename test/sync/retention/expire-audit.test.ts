import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginAudit } from '../../../src/sync/audit/audit.ts'
import { expireAudit } from '../../../src/sync/retention/expire-audit.ts'
import { ManualClock } from '../../clock/manual-clock.ts'
import { aContext, brokerFor, ledgerFor, SETTINGS, storeFor } from '../a-context.ts'

const DAY = 86_400_000
const ACTION = { who: 'ada', roles: [], from: 'HTTP ::1', what: 'POST /api/sync', subject: null, why: '' }

test('entries of the audit log are removed after the set age, and no earlier', async (t) => {
  const clock = new ManualClock()
  const [store, ledger, broker] = [await storeFor(t), await ledgerFor(t), brokerFor(t, clock)]
  const settings = { ...SETTINGS, retention: { ...SETTINGS.retention, auditMs: 30 * DAY } }
  const context = { ...aContext({ clock, ledger, store, broker }), settings, term: 1, guard: () => undefined }
  const complete = await beginAudit(context, { ...ACTION, who: 'first' })
  await clock.advance(DAY)
  await complete({ outcome: 'done', code: null })
  await beginAudit(context, { ...ACTION, who: 'second' })
  const who = async () => (await ledger.audit(10)).map((entry) => entry.who)
  await clock.advance(29 * DAY)
  await expireAudit(context)
  assert.deepEqual(await who(), ['second', 'first'])
  await clock.advance(1)
  await expireAudit(context)
  assert.deepEqual(await who(), ['second'])
})
