import { setting, share, wholeNumber, type Setting, type SettingValues } from '../adapters/setting.ts'
import { DEFAULT_LIKENESS, type LikenessSettings } from '../domain/likeness.ts'

const OF_ROWS = 'share of the rows before'

/** How unlike the live generation another may be and still go live by itself; docs/checks.md says what each is for. */
export const LIKENESS_SETTINGS = {
  checkFewestRows: setting({
    variable: 'REVAL_CHECK_FEWEST_ROWS',
    schema: wholeNumber(1, 1_000_000_000),
    fallback: String(DEFAULT_LIKENESS.fewestRows),
    unit: 'rows',
    description: 'a figure that changed by fewer rows is not judged',
  }),
  checkFewestShare: setting({
    variable: 'REVAL_CHECK_FEWEST_SHARE',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.fewestShare),
    unit: OF_ROWS,
    description: 'nor one that changed by a smaller share of the master rows',
  }),
  checkShrink: setting({
    variable: 'REVAL_CHECK_SHRINK',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.shrink),
    unit: OF_ROWS,
    description: 'a run with so many fewer master, connected, disconnected or joined rows is held back',
  }),
  checkGrow: setting({
    variable: 'REVAL_CHECK_GROW',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.grow),
    unit: OF_ROWS,
    description: 'a run with so many more of them is held back',
  }),
  checkLose: setting({
    variable: 'REVAL_CHECK_LOSE',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.lose),
    unit: OF_ROWS,
    description: 'a run with so many fewer rows that have a field, or of a designated body, is held back',
  }),
  checkWarn: setting({
    variable: 'REVAL_CHECK_WARN',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.warn),
    unit: OF_ROWS,
    description: 'a figure that changed by so much is warned of',
  }),
} as const satisfies Readonly<Record<string, Setting>>

/** The settings of likeness as the rules take them; what has no setting is as the rules have it. */
export function likenessOf(read: SettingValues<typeof LIKENESS_SETTINGS>): LikenessSettings {
  return {
    ...DEFAULT_LIKENESS,
    fewestRows: read.checkFewestRows,
    fewestShare: read.checkFewestShare,
    shrink: read.checkShrink,
    grow: read.checkGrow,
    lose: read.checkLose,
    warn: read.checkWarn,
  }
}
