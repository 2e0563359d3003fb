import type { WorkerBackends } from '../../src/app/backends.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import type { Snapshot } from '../../src/ports/sources.ts'
import { altered } from './altered.ts'
import type { SourceName } from './held-backends.ts'

/** The backends with a source whose first reading fails after one batch. */
export function breakingOff(backends: WorkerBackends, source: SourceName): WorkerBackends {
  switch (source) {
    case 'traineeSource':
      return { ...backends, traineeSource: altered(backends.traineeSource, { snapshot: firstBroken }) }
    case 'doctorSource':
      return { ...backends, doctorSource: altered(backends.doctorSource, { snapshot: firstBroken }) }
    case 'exceptionSource':
      return { ...backends, exceptionSource: altered(backends.exceptionSource, { snapshot: firstBroken }) }
  }
}

function firstBroken<Row>(own: () => Promise<Snapshot<Row>>): () => Promise<Snapshot<Row>> {
  let readings = 0
  return async () => {
    readings += 1
    const snapshot = await own()
    if (readings > 1) return snapshot
    const { edition, expected } = snapshot
    const close = () => snapshot[Symbol.asyncDispose]()
    return { edition, expected, batches: (size) => brokenOff(snapshot.batches(size)), [Symbol.asyncDispose]: close }
  }
}

async function* brokenOff<Row>(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[], undefined> {
  for await (const batch of batches) {
    yield batch
    throw new RevalError('SOURCE_FAILED', 'the connection is gone')
  }
}
