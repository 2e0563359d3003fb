import { SETTINGS } from '../src/config/settings.ts'
import { ERROR_CODES } from '../src/errors/codes.ts'
import { jsonPage } from './json-page.ts'
import { table } from './markdown.ts'
import { metricsPage } from './metrics-page.ts'
import { peersPage } from './peers-page.ts'
import { checkGroups, SETTING_GROUPS, type SettingGroup } from './setting-groups.ts'

function settingsTable({ names }: SettingGroup): readonly string[] {
  return table(
    ['variable', 'default', 'unit', 'meaning'],
    names.map((name) => {
      const { variable, fallback, unit, description } = SETTINGS[name]
      return [`\`${variable}\``, fallback === '' ? '' : `\`${fallback}\``, unit ?? '', description]
    }),
  )
}

/** The pages in docs/ that are generated from code, by file name. */
export const REFERENCE_PAGES: Readonly<Record<string, () => string>> = {
  'errors.md': () =>
    [
      '# Errors',
      '',
      'Every error code and its remedy; `reval errors` prints the same. A code never changes its meaning.',
      '',
      ...table(
        ['code', 'what to do'],
        Object.entries(ERROR_CODES).map(([code, remedy]) => [`\`${code}\``, remedy]),
      ),
    ].join('\n'),
  'java-peers.md': peersPage,
  'json.md': jsonPage,
  'metrics.md': metricsPage,
  'settings.md': () => {
    checkGroups(SETTING_GROUPS)
    return [
      '# Settings',
      '',
      'Settings are environment variables; `reval settings` prints this list. They are validated before anything else happens, and all errors are reported together. An unknown variable that starts with `REVAL_` is an error.',
      '',
      ...SETTING_GROUPS.flatMap((group) => [`## ${group.heading}`, '', ...settingsTable(group)]),
    ].join('\n')
  },
}
