import type { Finding } from '../../../ports/finding.ts'
import type { Engine } from '../../opensearch/engine.ts'

const SETTING = 'action.auto_create_index'

/** Where a setting can stand; what stands earlier wins. */
const LEVELS = ['transient', 'persistent', 'defaults'] as const
type ClusterSettings = Readonly<
  Partial<Record<(typeof LEVELS)[number], { readonly action?: { readonly auto_create_index?: unknown } }>>
>

/**
 * Whether the engine makes an index of a name that is free as soon as somebody writes to it: then that index has the
 * name, and a promotion finds it taken.
 */
export async function findingOfAutoCreation(engine: Engine, free: readonly string[]): Promise<Finding> {
  const { body } = await engine.call<ClusterSettings>({
    method: 'GET',
    path: '/_cluster/settings',
    query: { include_defaults: true, filter_path: `*.${SETTING}` },
    kind: 'search',
  })
  const value = LEVELS.map((level) => body[level]?.action?.auto_create_index).find((each) => each !== undefined)
  const rule = typeof value === 'string' || typeof value === 'boolean' ? String(value) : 'true'
  const made = free.filter((name) => isMadeBySomebody(rule, name))
  const what = `search engine setting ${SETTING}`
  if (made.length === 0) return { what, standing: 'good', found: `${rule}: creates none of the five names` }
  const wanted = [...free.map((name) => `-${name}`), ...(rule === 'true' ? ['+*'] : [rule])].join(',')
  return {
    what,
    standing: 'doubtful',
    found: `${rule}: a write to ${made.join(', ')} before the first promotion would create an index of that name`,
    remedy: `Set ${SETTING} to "${wanted}" until the first promotion, or prevent writes to these names.`,
  }
}

/** The rule of the engine: yes, no, or patterns of which the first that fits decides, `-` for no; none fits: no. */
export function isMadeBySomebody(rule: string, name: string): boolean {
  if (rule === 'true' || rule === 'false') return rule === 'true'
  const fitting = rule
    .split(',')
    .map((pattern) => pattern.trim())
    .find((pattern) => fits(pattern.replace(/^[+-]/, ''), name))
  return fitting !== undefined && !fitting.startsWith('-')
}

function fits(pattern: string, name: string): boolean {
  const literals = pattern.split('*').map((literal) => literal.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literals.join('.*')}$`).test(name)
}
