import { SETTINGS } from '../src/config/settings.ts'
import { ERROR_CODES } from '../src/errors/codes.ts'
import { checkGroups, SETTING_GROUPS, type SettingGroup } from './setting-groups.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line), '']
}

function settingsTable({ names }: SettingGroup): readonly string[] {
  return table(
    ['variable', 'default', 'unit', 'meaning'],
    names.map((name) => {
      const { variable, fallback, unit, description } = SETTINGS[name]
      return [`\`${variable}\``, fallback === '' ? '' : `\`${fallback}\``, unit ?? '', description]
    }),
  )
}

/** The pages of documentation that are tables of the code, by their file in docs/. */
export const REFERENCE_PAGES: Readonly<Record<string, () => string>> = {
  'errors.md': () =>
    [
      '# Errors',
      '',
      'Every error code, and what an operator does about it; `reval errors` prints the same. A code never changes its meaning.',
      '',
      ...table(
        ['code', 'what to do'],
        Object.entries(ERROR_CODES).map(([code, remedy]) => [`\`${code}\``, remedy]),
      ),
    ].join('\n'),
  'settings.md': () => {
    checkGroups(SETTING_GROUPS)
    return [
      '# Settings',
      '',
      'Every setting is a variable of the environment; `reval settings` prints the same. They are validated together before anything is opened, and every fault is reported at once; a variable that begins with `REVAL_` and is not listed is a fault.',
      '',
      ...SETTING_GROUPS.flatMap((group) => [`## ${group.heading}`, '', ...settingsTable(group)]),
    ].join('\n')
  },
}
