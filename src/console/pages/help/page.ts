import type { ConsoleScope } from '../../frame/console-scope.ts'
import { helpModel } from './model.ts'

/** What the words mean, whom to ask, and what is known of accessibility. */
export function addHelpPages({ page, config }: ConsoleScope): void {
  page('/help', async () => ({ heading: 'Help', template: 'help', model: helpModel(config.console) }))
  page('/accessibility', async () => ({
    heading: 'Accessibility',
    template: 'accessibility',
    model: { help: config.console.help },
  }))
}
