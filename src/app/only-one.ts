import { RevalError } from '../errors/reval-error.ts'

/**
 * The one choice that a caller made; those that were not made are false or undefined. Throws USAGE with the names of the
 * choices if none or several were made.
 */
export function onlyOne<Choice extends object>(
  names: string,
  choices: readonly (Choice | false | undefined)[],
): Choice {
  const made = choices.filter((each) => each !== undefined && each !== false)
  const [choice] = made
  if (choice !== undefined && made.length === 1) return choice
  throw new RevalError('USAGE', `expected one of: ${names}`)
}
