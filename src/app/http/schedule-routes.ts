import type { FastifyInstance } from 'fastify'
import { readSchedule } from '../schedule/read-schedule.ts'
import { scheduleView } from '../schedule/schedule-view.ts'
import type { Worker } from '../worker.ts'

/** What starts on its own, when, and what came of it. */
export function addScheduleRoutes(
  server: FastifyInstance,
  { context, config }: Pick<Worker, 'context' | 'config'>,
): void {
  server.get('/api/sync/schedule', async () => scheduleView(await readSchedule(context, config, context.clock.now())))
}
