import type { ConsoleScope } from '../frame/console-scope.ts'
import { addHelpPages } from './help/page.ts'

/** All pages of the console. */
export function addPages(scope: ConsoleScope): void {
  addHelpPages(scope)
}
