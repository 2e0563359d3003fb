import { Command } from 'commander'
import { describeSettings } from '../../config/settings.ts'
import { ERROR_CODES } from '../../errors/codes.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { table } from '../output.ts'

/** The tables that the documentation is generated from. An invalid configuration is still reported. */
export const errorsCommand = (): Command =>
  command(
    new Command('errors').description('List every error code with its remedy').addOption(JSON_OUTPUT),
    async ({ output }) => output.print(ERROR_CODES, table(['code', 'what to do'], Object.entries(ERROR_CODES))),
    { roles: () => [], remote: null },
  )

export const settingsCommand = (): Command =>
  command(
    new Command('settings').description('List every setting with its default').addOption(JSON_OUTPUT),
    async ({ output }) => {
      const settings = describeSettings()
      const rows = settings.map(({ variable, fallback, description }) => [variable, fallback, description])
      output.print(settings, table(['variable', 'default', 'meaning'], rows))
    },
    { roles: () => [], remote: null },
  )
