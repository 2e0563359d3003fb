import type { WorkerBackends } from '../../src/app/backends.ts'
import type { RunState } from '../../src/ports/run-ledger.ts'
import { altered } from './altered.ts'
import type { Gate } from './gate.ts'

export type SourceName = 'traineeSource' | 'doctorSource' | 'exceptionSource'

/** The backends with a source that cannot be read until the gate is open: its stage has started, and waits. */
export function heldBeforeReading(backends: WorkerBackends, source: SourceName, gate: Gate): WorkerBackends {
  switch (source) {
    case 'traineeSource':
      return { ...backends, traineeSource: altered(backends.traineeSource, { snapshot: behind(gate) }) }
    case 'doctorSource':
      return { ...backends, doctorSource: altered(backends.doctorSource, { snapshot: behind(gate) }) }
    case 'exceptionSource':
      return { ...backends, exceptionSource: altered(backends.exceptionSource, { snapshot: behind(gate) }) }
  }
}

function behind<T>(gate: Gate): (own: () => Promise<T>) => () => Promise<T> {
  return (own) => async () => {
    await gate.pass()
    return own()
  }
}

/** The backends with a writer that goes no further, until the gate is open, once a run's record has this state. */
export function heldOnceStored(backends: WorkerBackends, state: RunState, gate: Gate): WorkerBackends {
  const ledger = altered(backends.ledger, {
    save: (own) => async (kind, id, value, revision, guard) => {
      const saved = await own(kind, id, value, revision, guard)
      if ('state' in value && value.state === state) await gate.pass()
      return saved
    },
  })
  return { ...backends, ledger }
}
