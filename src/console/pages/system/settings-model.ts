import type { ShownSetting } from '../../../config/shown-settings.ts'
import type { Cell, Table } from '../../components/table.ts'
import { count } from '../../words/numbers.ts'
import { systemTabs, type SystemTab } from './servers-model.ts'

export interface SettingsModel {
  readonly tabs: readonly SystemTab[]
  readonly sentence: string
  readonly changed: Table | null
  readonly others: Table
}

/** Those that are another than their default come first. */
export function settingsModel(settings: readonly ShownSetting[]): SettingsModel {
  const [changed, others] = [
    settings.filter(({ isChanged }) => isChanged),
    settings.filter(({ isChanged }) => !isChanged),
  ]
  return {
    tabs: systemTabs('/console/system/settings'),
    sentence: `Settings come from the environment of this process and change with a restart. ${count(changed.length)} of ${count(settings.length)} differ from their default.`,
    changed: changed.length === 0 ? null : tableOf(changed, 'Changed settings'),
    others: tableOf(others, 'Settings with their default'),
  }
}

function tableOf(settings: readonly ShownSetting[], caption: string): Table {
  return {
    caption,
    columns: [{ text: 'Setting' }, { text: 'Value' }, { text: 'Default' }, { text: 'Meaning' }],
    rows: settings.map((each): readonly Cell[] => [
      { text: each.variable },
      { text: valueOf(each) },
      { text: withUnit(each.fallback, each.unit) },
      { text: each.description },
    ]),
  }
}

function valueOf({ value, isSet, unit }: ShownSetting): string {
  if (value === null) return isSet ? 'Set' : 'Not set'
  return withUnit(value, unit)
}

function withUnit(value: string, unit: string | null): string {
  if (value === '') return 'Not set'
  return unit === null || !/\d/.test(value) ? value : `${value} ${unit}`
}
