import { Command } from 'commander'
import { SCHEDULE, type ScheduleView } from '../../app/json/schedule.ts'
import { readSchedule } from '../../app/schedule/read-schedule.ts'
import { scheduleView } from '../../app/schedule/schedule-view.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { scheduleLines } from '../schedule-text.ts'
import { show, WATCH } from '../watch.ts'

interface ScheduleOptions {
  readonly watch?: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

function read({ config, remote }: CommandContext): Promise<ScheduleView> {
  if (remote !== null) return remote.get('/api/sync/schedule', SCHEDULE)
  return withReader(config, async (backends) =>
    scheduleView(await readSchedule(backends, config, backends.clock.now())),
  )
}

export const scheduleCommand = (): Command =>
  command<ScheduleOptions>(
    new Command('schedule')
      .description('Show what starts on its own, when, and what came of it')
      .addOption(WATCH)
      .addOption(JSON_OUTPUT),
    (context, { watch }) =>
      show(context, watch, async () => {
        const value = await read(context)
        return { value, lines: scheduleLines(value, Date.now()) }
      }),
    { remote: true },
  )
