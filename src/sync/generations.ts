import { ASSEMBLE_VERSION } from '../domain/assemble.ts'
import type { Generation, GenerationId, IndexStore } from '../ports/index-store.ts'

/** A generation of a store; undefined if it does not exist. */
export async function findGeneration(
  store: Pick<IndexStore, 'generations'>,
  generation: GenerationId,
): Promise<Generation | undefined> {
  return (await store.generations()).find(({ id }) => id === generation)
}

/** By what else a generation was built, such as "built by version 1 of the rules"; null if by a version that fills it alike. */
export function otherVersion({ assembleVersion, otherLayout, java }: Generation): string | null {
  if (java === true) return 'built by the Java services'
  if (assembleVersion !== ASSEMBLE_VERSION) return `built by version ${assembleVersion} of the rules`
  return otherLayout === undefined ? null : `stored in layout ${otherLayout}`
}

/** This version, in the same words. */
export const THIS_VERSION = `version ${ASSEMBLE_VERSION}`
