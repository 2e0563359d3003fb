import { hash, randomInt } from 'node:crypto'
import type { SampleOrder } from '../sync/verify/key-sample.ts'

/** One more than the greatest seed. */
export const SEEDS = 2 ** 32

export function newSeed(): number {
  return randomInt(SEEDS)
}

/** The order of ids for a seed, always the same. Not for secrets. */
export function sampleOrder(seed: number): SampleOrder {
  return (id) => hash('sha1', `${seed} ${id}`)
}
