import { after } from 'node:test'
import type { Owner } from './workplace.ts'

/** Cleans up when the suite ends, the last made first. Call it in the body of the suite. */
export function suiteOwner(): Owner {
  const cleaning: (() => Promise<void>)[] = []
  after(async () => {
    for (const clean of cleaning) await clean()
  })
  return { after: (clean) => void cleaning.unshift(clean) }
}
