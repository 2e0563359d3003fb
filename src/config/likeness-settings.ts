import { setting, share, wholeNumber, type Setting, type SettingValues } from '../adapters/setting.ts'
import { DEFAULT_LIKENESS, type LikenessSettings } from '../domain/likeness.ts'

const OF_ROWS = 'share of the live rows'

/** How much a generation may differ from the live one and still go live automatically; see docs/checks.md. */
export const LIKENESS_SETTINGS = {
  checkFewestRows: setting({
    variable: 'REVAL_CHECK_FEWEST_ROWS',
    schema: wholeNumber(1, 1_000_000_000),
    fallback: String(DEFAULT_LIKENESS.fewestRows),
    unit: 'rows',
    description: 'changes by fewer rows are ignored',
  }),
  checkFewestShare: setting({
    variable: 'REVAL_CHECK_FEWEST_SHARE',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.fewestShare),
    unit: OF_ROWS,
    description: 'changes by a smaller share of the master rows are ignored',
  }),
  checkShrink: setting({
    variable: 'REVAL_CHECK_SHRINK',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.shrink),
    unit: OF_ROWS,
    description: 'a run is held back if its master, connected, disconnected or joined rows drop by this share',
  }),
  checkGrow: setting({
    variable: 'REVAL_CHECK_GROW',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.grow),
    unit: OF_ROWS,
    description: 'a run is held back if the same rows grow by this share',
  }),
  checkLose: setting({
    variable: 'REVAL_CHECK_LOSE',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.lose),
    unit: OF_ROWS,
    description: 'a run is held back if rows with a given field or designated body drop by this share',
  }),
  checkWarn: setting({
    variable: 'REVAL_CHECK_WARN',
    schema: share(),
    fallback: String(DEFAULT_LIKENESS.warn),
    unit: OF_ROWS,
    description: 'a warning is given if any figure changes by this share',
  }),
} as const satisfies Readonly<Record<string, Setting>>

/** The likeness settings, with the defaults of the rules for those that cannot be set. */
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
