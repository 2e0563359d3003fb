import { serverUrl, setting, text } from '../adapters/setting.ts'

/** The settings of the console's pages. */
export const CONSOLE_SETTINGS = {
  consoleName: setting({
    variable: 'REVAL_CONSOLE_NAME',
    schema: text(),
    description:
      'name of the environment, such as PREPROD, shown on every page of the console; leave it out in production',
  }),
  consoleHelp: setting({
    variable: 'REVAL_CONSOLE_HELP',
    schema: text(),
    fallback: 'the team that runs this service',
    description: 'whom the console tells people to ask for help or access',
  }),
  clientUrl: setting({
    variable: 'REVAL_CLIENT_URL',
    schema: serverUrl(['https', 'http'], 'https://reval.example.org'),
    description: "the admins' client, to which the console refers those who may not use it",
  }),
} as const

/** What the console's pages say about their installation. */
export interface ConsoleSettings {
  /** Empty in production. */
  readonly name: string
  readonly help: string
  /** Empty if not known. */
  readonly clientUrl: string
}
