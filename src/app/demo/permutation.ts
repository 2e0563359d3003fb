import { mixed, type Draws } from './random.ts'

const ROUNDS = 6

/**
 * A permutation of 0 … size - 1 as a function, holding nothing of the size: a Feistel network over a rectangle of at
 * least `size` cells, whose few cells too many are walked past (Black and Rogaway, Ciphers with Arbitrary Finite
 * Domains, 2002). `size` is a whole number from 1 to 2³¹.
 */
export function permutation(size: number, draws: Draws): (index: number) => number {
  const width = Math.ceil(Math.sqrt(size))
  const height = Math.ceil(size / width)
  const keys = Array.from({ length: ROUNDS }, () => draws.next())

  function once(cell: number): number {
    let column = cell % width
    let line = (cell - column) / width
    for (const [round, key] of keys.entries()) {
      if (round % 2 === 0) column = (column + mixed(line ^ key)) % width
      else line = (line + mixed(column ^ key)) % height
    }
    return line * width + column
  }

  return (index) => {
    let cell = once(index)
    while (cell >= size) cell = once(cell)
    return cell
  }
}
