import { asRevalError, RevalError } from '../../../errors/reval-error.ts'
import { EngineFault } from '../../opensearch/engine.ts'

/** Why the ledger cannot be opened, in the words of the settings: unreachable, not let in, or a fault of the ledger. */
export function openingFault(error: unknown): RevalError {
  const coded = asRevalError(error, 'LEDGER_FAILED')
  if (!(coded instanceof EngineFault)) return coded
  const { message, status, transient } = coded
  if (status === null && transient) {
    return new RevalError('SERVER_UNREACHABLE', `REVAL_SEARCH_URL: ${message}`, { cause: error, transient })
  }
  if (status === 401 || status === 403) {
    const what = `REVAL_SEARCH_USER, REVAL_SEARCH_PASSWORD: ${message}`
    return new RevalError('SERVER_LOGIN_REFUSED', what, { cause: error })
  }
  return coded
}
