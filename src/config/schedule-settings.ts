import { cron } from '../adapters/cron/cron-setting.ts'
import { orOff, setting, type SettingValues } from '../adapters/setting.ts'
import type { Schedule } from '../ports/schedule.ts'

/** What starts on its own, and when. */
export const SCHEDULE_SETTINGS = {
  scheduleSync: setting({
    variable: 'REVAL_SCHEDULE_SYNC',
    schema: orOff(cron()),
    fallback: 'off',
    unit: 'cron, London time',
    description: 'when reval start starts a sync, e.g. 0 5 * * *',
  }),
  scheduleVerify: setting({
    variable: 'REVAL_SCHEDULE_VERIFY',
    schema: orOff(cron()),
    fallback: 'off',
    unit: 'cron, London time',
    description: 'when reval start starts a verification, e.g. 0 3 * * 7',
  }),
  scheduleReasons: setting({
    variable: 'REVAL_SCHEDULE_REASONS',
    schema: orOff(cron()),
    fallback: '*/5 * * * *',
    unit: 'cron, London time',
    description: 'when exception reasons are compared with those in live, with live changes; six fields: seconds first',
  }),
} as const

export function scheduleOf(read: SettingValues<typeof SCHEDULE_SETTINGS>): Schedule {
  return { sync: read.scheduleSync, verify: read.scheduleVerify, reasons: read.scheduleReasons }
}
