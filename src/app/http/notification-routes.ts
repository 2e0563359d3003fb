import type { FastifyInstance } from 'fastify'
import { readNotifications } from '../notifications/read-notifications.ts'
import type { Worker } from '../worker.ts'

/** Where notifications go, and how far each has got. */
export function addNotificationRoutes(
  server: FastifyInstance,
  { context, config }: Pick<Worker, 'context' | 'config'>,
): void {
  server.get('/api/sync/notifications', () => readNotifications(context, config))
}
