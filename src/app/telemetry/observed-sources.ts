import type { DoctorSource, ExceptionSource, Snapshot, TraineeSource } from '../../ports/sources.ts'
import type { Observer } from './observer.ts'

type SourceName = 'trainees' | 'doctors' | 'exception reasons'

export function observedTrainees(source: TraineeSource, observer: Observer): TraineeSource {
  const reads = readsOf(observer, 'trainees')
  return {
    snapshot: () => reads.snapshot(() => source.snapshot()),
    recordsOf: (keys) =>
      reads.byKey(
        () => source.recordsOf(keys),
        ({ length }) => length,
      ),
    ping: () => source.ping(),
    close: () => source.close(),
  }
}

export function observedDoctors(source: DoctorSource, observer: Observer): DoctorSource {
  const reads = readsOf(observer, 'doctors')
  return {
    snapshot: () => reads.snapshot(() => source.snapshot()),
    recordsOf: (keys) =>
      reads.byKey(
        () => source.recordsOf(keys),
        ({ length }) => length,
      ),
    doctorsOfRecommendations: (ids) =>
      reads.byKey(
        () => source.doctorsOfRecommendations(ids),
        ({ size }) => size,
      ),
    ping: () => source.ping(),
    close: () => source.close(),
  }
}

export function observedExceptions(source: ExceptionSource, observer: Observer): ExceptionSource {
  const reads = readsOf(observer, 'exception reasons')
  return {
    snapshot: () => reads.snapshot(() => source.snapshot()),
    reasonsOf: (numbers) =>
      reads.byKey(
        () => source.reasonsOf(numbers),
        ({ size }) => size,
      ),
    ping: () => source.ping(),
    close: () => source.close(),
  }
}

function readsOf(observer: Observer, source: SourceName) {
  const call = <T>(operation: 'open' | 'batch' | 'by key', action: () => Promise<T>): Promise<T> => {
    // One span for a whole snapshot: see `Traces.reading`.
    const span = operation === 'batch' ? null : { name: `read ${source}`, attributes: { 'reval.operation': operation } }
    return observer.call({ to: 'source', metric: 'sourceSeconds', labels: { source, operation }, span }, action)
  }
  const rows = (operation: string, count: number) => observer.metrics?.count('sourceRows', { source, operation }, count)

  return {
    async byKey<T>(read: () => Promise<T>, count: (found: T) => number): Promise<T> {
      const found = await call('by key', read)
      rows('by key', count(found))
      return found
    },

    async snapshot<Row>(open: () => Promise<Snapshot<Row>>): Promise<Snapshot<Row>> {
      const snapshot = await call('open', open)
      const ended = observer.traces?.reading(`read all ${source}`)
      let count = 0
      async function* batches(size: number): AsyncGenerator<readonly Row[], undefined> {
        const iterator = snapshot.batches(size)[Symbol.asyncIterator]()
        try {
          for (;;) {
            const next = await call('batch', () => iterator.next())
            if (next.done === true) return
            count += next.value.length
            rows('snapshot', next.value.length)
            yield next.value
          }
        } finally {
          await iterator.return?.()
        }
      }
      return {
        edition: snapshot.edition,
        expected: snapshot.expected,
        batches,
        [Symbol.asyncDispose]: async () => {
          ended?.({ 'reval.rows': count })
          await snapshot[Symbol.asyncDispose]()
        },
      }
    },
  }
}
