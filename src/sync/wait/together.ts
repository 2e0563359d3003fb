/**
 * Does several things at the same time until all have ended. Each gets a signal that is aborted with the given one, or when
 * another one rejects. Rejects with the first error, once all have ended.
 */
export async function together(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const failures: unknown[] = []
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(either)
      } catch (error) {
        failures.push(error)
        stop.abort(error)
      }
    }),
  )
  if (failures.length > 0) throw failures[0]
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
