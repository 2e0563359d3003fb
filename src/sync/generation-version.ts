import { ASSEMBLE_VERSION } from '../domain/assemble.ts'
import type { Generation } from '../ports/index-store.ts'

/** By what else a generation was built, such as "built by version 1 of the rules"; null if by a version that fills it alike. */
export function otherVersion({ assembleVersion, otherLayout, java }: Generation): string | null {
  if (java === true) return 'built by the Java services'
  if (assembleVersion !== ASSEMBLE_VERSION) return `built by version ${assembleVersion} of the rules`
  return otherLayout === undefined ? null : `stored in layout ${otherLayout}`
}

/** This version, in the same words. */
export const THIS_VERSION = `version ${ASSEMBLE_VERSION}`
