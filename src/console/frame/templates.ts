import { join } from 'node:path'
import nunjucks from 'nunjucks'
import type { Cell } from '../components/table.ts'
import { DESIGN_SYSTEM } from './assets.ts'

const OWN = join(import.meta.dirname, '../templates')

/** Renders a template with a model. Every value is escaped. */
export type Render = (template: string, model: object) => string

/** Templates are compiled at their first use and kept. */
export function openTemplates(): Render {
  const loader = new nunjucks.FileSystemLoader([OWN, DESIGN_SYSTEM], { noCache: false, watch: false })
  // The macros of the design system read options that are not given.
  const environment = new nunjucks.Environment(loader, {
    autoescape: true,
    throwOnUndefined: false,
    trimBlocks: true,
    lstripBlocks: true,
  })
  environment.addFilter('hasLongWord', hasLongWord)
  return (template, model) => environment.render(template, model)
}

/** The longest word that a column may be as wide as: `Recommendation`. */
const LONGEST_WHOLE_WORD = 14

/** Whether a cell has a word that breaks where the column is narrow. */
export function hasLongWord({ text = '', lines = [] }: Cell): boolean {
  return [text, ...lines].some((each) => each.split(/[\s-]+/).some((word) => word.length > LONGEST_WHOLE_WORD))
}
