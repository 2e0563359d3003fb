import type { QueuesWatch } from '../health/queues.ts'
import { figure, type FigureSource } from './figures.ts'

/** The depth and dead letters of each queue that answers in time. */
export function queueFigures(watch: Pick<QueuesWatch, 'queuesView'>): FigureSource {
  return async () => {
    const { queues } = await watch.queuesView()
    return queues.flatMap(({ queue, state }) =>
      state === null
        ? []
        : [
            figure('queueWaiting', state.waiting, { queue }),
            figure('queueInFlight', state.unacknowledged, { queue }),
            figure('deadLetters', state.deadLetters, { queue }),
          ],
    )
  }
}
