import { count } from '../words/numbers.ts'
import { valueOf } from './reading.ts'
import type { FrameFacts } from './frame-facts.ts'
import { SECTIONS, type Section } from './page.ts'

const PATHS: Readonly<Record<Section, string>> = {
  Overview: '/console',
  Runs: '/console/runs',
  Lists: '/console/lists/recommendation',
  'Look up a doctor': '/console/doctors',
  Failures: '/console/failures',
  System: '/console/system',
  Audit: '/console/audit',
}

export interface NavigationItem {
  readonly text: string
  readonly href: string
  readonly isCurrent: boolean
  /** How many need attention; null for none. */
  readonly count: string | null
}

export function navigation(current: Section | null, { openFailures }: FrameFacts): readonly NavigationItem[] {
  const failures = valueOf(openFailures) ?? 0
  return SECTIONS.map((text) => ({
    text,
    href: PATHS[text],
    isCurrent: text === current,
    count: text === 'Failures' && failures > 0 ? count(failures) : null,
  }))
}
