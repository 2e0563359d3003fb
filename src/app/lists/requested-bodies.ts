import { RevalError } from '../../errors/reval-error.ts'
import { fault, type ParameterReader } from './parameter.ts'

const MOST_CODES = 50
const LONGEST_CODE = 20

/** The bodies that a request names; null if it does not limit them. */
export interface RequestedBodies {
  readonly bodies: readonly string[] | null
  /** For discrepancies, of the programme's owner. */
  readonly tisBodies: readonly string[] | null
}

export function requestedBodies(reader: ParameterReader): RequestedBodies {
  return { bodies: codesOf(reader, 'dbcs'), tisBodies: codesOf(reader, 'tisDesignatedBodies') }
}

/** Codes separated by commas. An empty list of codes gives no rows; an absent parameter limits nothing. */
function codesOf(reader: ParameterReader, name: string): readonly string[] | null {
  const text = reader.value(name)
  if (text === null) return null
  const written = (reader.written(name) ?? '').split(',').filter((code) => code !== '')
  if (written.length > MOST_CODES) throw fault(name, `more than ${MOST_CODES} codes`)
  if (written.some((code) => Array.from(code).length > LONGEST_CODE))
    throw fault(name, `a code is longer than ${LONGEST_CODE} characters`)
  const codes = text.split(',').map((code) => code.trim())
  return [...new Set(codes.filter((code) => code !== ''))]
}

/**
 * The bodies whose rows a caller gets: the requested ones, otherwise all that the caller may see; null for every body. Throws
 * BODY_FORBIDDEN for a body that the caller may not see: dropping it silently would make a shorter list look complete.
 */
export function permittedBodies(
  { bodies, tisBodies }: RequestedBodies,
  permitted: readonly string[] | null,
): RequestedBodies {
  const refused = [...(bodies ?? []), ...(tisBodies ?? [])].find((code) => permitted?.includes(code) === false)
  if (refused !== undefined)
    throw new RevalError('BODY_FORBIDDEN', `no permission to see designated body ${refused}`, {
      details: { body: refused },
    })
  return { bodies: bodies ?? permitted, tisBodies }
}
