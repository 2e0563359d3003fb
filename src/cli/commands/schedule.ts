import { Command } from 'commander'
import { readSchedule } from '../../app/schedule/read-schedule.ts'
import { scheduleView } from '../../app/schedule/schedule-view.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { scheduleLines } from '../schedule-text.ts'

export const scheduleCommand = (): Command =>
  command(
    new Command('schedule')
      .description('Show what starts on its own, when, and what came of it')
      .addOption(JSON_OUTPUT),
    ({ config, output }) =>
      withReader(config, async (backends) => {
        const now = backends.clock.now()
        const things = await readSchedule(backends, config, now)
        output.print(scheduleView(things), scheduleLines(things, now))
      }),
  )
