import { hash, randomInt } from 'node:crypto'
import type { SampleOrder } from '../sync/verify/key-sample.ts'

/** One more than the greatest seed. */
export const SEEDS = 2 ** 32

export function newSeed(): number {
  return randomInt(SEEDS)
}

/** The order of ids that a seed decides alone. Not for secrets. */
export function sampleOrder(seed: number): SampleOrder {
  return (id) => hash('sha1', `${seed} ${id}`)
}
