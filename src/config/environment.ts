import type { Environment } from './read-settings.ts'

/** The environment of this process. Nothing else in the system looks at it. */
export function environment(): Environment {
  return { ...process.env }
}
