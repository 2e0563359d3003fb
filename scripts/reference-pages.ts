import { describeSettings } from '../src/config/settings.ts'
import { ERROR_CODES } from '../src/errors/codes.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

function page(title: string, introduction: string, header: readonly string[], rows: readonly (readonly string[])[]) {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [`# ${title}`, '', introduction, '', line(header), line(header.map(() => '---')), ...rows.map(line), ''].join(
    '\n',
  )
}

/** The pages of documentation that are tables of the code, by their file in docs/. */
export const REFERENCE_PAGES: Readonly<Record<string, () => string>> = {
  'errors.md': () =>
    page(
      'Errors',
      'Every error code, and what an operator does about it; `reval errors` prints the same. A code never changes its meaning.',
      ['code', 'what to do'],
      Object.entries(ERROR_CODES).map(([code, remedy]) => [`\`${code}\``, remedy]),
    ),
  'settings.md': () =>
    page(
      'Settings',
      'Every setting is a variable of the environment; `reval settings` prints the same. They are validated together before anything is opened, and every fault is reported at once; a variable that begins with `REVAL_` and is not listed is a fault.',
      ['variable', 'default', 'unit', 'meaning'],
      describeSettings().map(({ variable, fallback, unit, description }) => [
        `\`${variable}\``,
        fallback === '' ? '' : `\`${fallback}\``,
        unit ?? '',
        description,
      ]),
    ),
}
