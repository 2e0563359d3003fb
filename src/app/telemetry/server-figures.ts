import type { HealthWatch } from '../health/health-watch.ts'
import { figure, known, type FigureSource } from './figures.ts'

/** Whether each server of this process answers, and how fast. One that does not answer in time is away. */
export function serverFigures(watch: Pick<HealthWatch, 'check'>): FigureSource {
  return async () => {
    const { servers } = await watch.check()
    return servers.flatMap(({ name: server, state, answeredInMs }) => [
      figure('serverUp', state === 'working', { server }),
      ...known('serverSeconds', answeredInMs === null ? null : answeredInMs / 1000, { server }),
    ])
  }
}
