import { RevalError } from '../errors/reval-error.ts'

/** The signal of a command that compares, with an error as its reason. */
export function interruption(signal: AbortSignal): AbortSignal {
  const ending = new AbortController()
  const end = () => ending.abort(new RevalError('INTERRUPTED', 'interrupted before everything was compared'))
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return ending.signal
}
