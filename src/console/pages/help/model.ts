import type { ConsoleSettings } from '../../../config/console-settings.ts'

export interface HelpModel {
  readonly help: string
  readonly words: readonly { readonly word: string; readonly meaning: string }[]
}

/** The words of the pages, for people who see them for the first time. docs/glossary.md has all. */
export function helpModel({ help }: Pick<ConsoleSettings, 'help'>): HelpModel {
  return {
    help,
    words: [
      {
        word: 'Run',
        meaning: 'Reads all trainees and doctors from their sources, and builds all five lists from them.',
      },
      { word: 'Live', meaning: 'The lists that people see now.' },
      { word: 'Generation', meaning: 'The five lists that one run built. They go live together, or not at all.' },
      {
        word: 'Held back',
        meaning: 'A run that finished, but did not go live: a check failed, or somebody wanted to look first.',
      },
      { word: 'Promote', meaning: 'Make a run live that was held back.' },
      { word: 'Roll back', meaning: 'Go back to the lists of the run before.' },
      {
        word: 'Change',
        meaning: 'Something that changed in a source since the run. It comes into the lists within seconds.',
      },
      {
        word: 'Failure',
        meaning: 'A row that is missing or wrong, because its source has something that cannot be right.',
      },
      {
        word: 'Dead letter',
        meaning: 'A message that could not be read or carried out. It is kept until somebody decides.',
      },
      { word: 'Designated body', meaning: 'The organisation that a doctor is connected to for revalidation.' },
    ],
  }
}
