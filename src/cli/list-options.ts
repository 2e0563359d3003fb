import { InvalidArgumentError, Option } from 'commander'
import { listRequestOf, type ListRequest } from '../app/lists/list-request.ts'
import { typed, type Parameters } from '../app/lists/parameter.ts'
import type { ListName } from '../domain/list-query.ts'
import { asRevalError, RevalError } from '../errors/reval-error.ts'

function codes(text: string, before: readonly string[] = []): readonly string[] {
  const given = text.split(',').map((code) => code.trim())
  if (given.includes('')) throw new InvalidArgumentError('Expected the code of a designated body.')
  return [...before, ...given]
}

export const bodyOption = (): Option =>
  new Option('--body <code>', 'only rows of this designated body; repeat or join with commas for several').argParser(
    codes,
  )

/** The options that set the parameters of a request, for error messages. */
const OPTIONS: Readonly<Record<string, string>> = {
  searchQuery: '--search',
  dbcs: '--body',
  sortColumn: '--sort',
  pageNumber: '--page',
}

/** A request from command-line options; `names` adds those of this command. Throws USAGE, naming the invalid option. */
export function typedRequest(
  list: ListName,
  parameters: Parameters,
  names: Readonly<Record<string, string>> = {},
): ListRequest {
  try {
    return listRequestOf(list, parameters, typed)
  } catch (error) {
    const { code, message, details } = asRevalError(error)
    if (code !== 'USAGE' || typeof details.parameter !== 'string') throw error
    const { parameter } = details
    const option = { ...OPTIONS, ...names }[parameter] ?? `--filter ${parameter}`
    throw new RevalError(
      'USAGE',
      message.replace(parameter, () => option),
      { details: { option } },
    )
  }
}
