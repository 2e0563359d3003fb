import type { WorkerBackends } from '../../src/app/backends.ts'
import { altered } from './altered.ts'
import type { Gate } from './gate.ts'

/** The backends with an index store whose streams of rows wait until the gate is open: comparing has begun, and waits. */
export function heldBeforeRows(backends: WorkerBackends, gate: Gate): WorkerBackends {
  const store = altered(backends.store, {
    rows: (own) =>
      async function* (generation) {
        await gate.pass()
        yield* own(generation)
      },
  })
  return { ...backends, store }
}
