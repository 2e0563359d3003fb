import { Command } from 'commander'
import { backendsOf } from '../../app/backends.ts'
import { openDestinations } from '../../app/notifications/destinations/open-destinations.ts'
import { readNotifications } from '../../app/notifications/read-notifications.ts'
import { sendTests } from '../../app/notifications/test-message.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { notificationLines, notificationTestLines } from '../notification-text.ts'

interface NotifyOptions {
  readonly test?: true
  readonly json?: boolean
  readonly dataDir?: string
}

export const notifyCommand = (): Command =>
  command<NotifyOptions>(
    new Command('notify')
      .description('Show where notifications go and how far each has got, or send a test message')
      .option('--test', 'send a test message to every destination, and exit with 1 unless all arrived')
      .addOption(JSON_OUTPUT),
    (context, { test }) => (test === true ? sendTestMessages(context) : showNotifications(context)),
  )

function showNotifications({ config, output }: CommandContext): Promise<void> {
  return withReader(config, async (backends) => {
    const view = await readNotifications(backends, config)
    output.print(view, notificationLines(view, backends.clock.now()))
  })
}

async function sendTestMessages({ config, output, signal, exitWith }: CommandContext): Promise<void> {
  const { clock } = await backendsOf(config)
  const tests = await sendTests(openDestinations(config.notifications), config, clock, signal)
  output.print(tests, notificationTestLines(tests))
  if (tests.length === 0 || tests.some(({ reason }) => reason !== null)) exitWith(1)
}
