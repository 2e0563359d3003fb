/** The values at which an axis from 0 has lines. The last one is the top of the drawing. */
export interface Axis {
  readonly lines: readonly number[]
  readonly top: number
}

/** At most five lines, 0 among them, at round values; whole ones if `whole` is set. */
export function axisUpTo(most: number, { whole = false }: { readonly whole?: boolean } = {}): Axis {
  const wanted = Math.max(most, whole ? 1 : 0.1) / MOST_STEPS
  const power = 10 ** Math.floor(Math.log10(wanted))
  const step = [1, 2, 2.5, 5, 10]
    .map((each) => each * power)
    .find((each) => each >= wanted * (1 - ROUNDING) && (!whole || Number.isInteger(each)))
  const chosen = step ?? Math.ceil(wanted)
  const steps = Math.max(1, Math.ceil((most / chosen) * (1 - ROUNDING)))
  const lines = Array.from({ length: steps + 1 }, (_, index) => round(index * chosen))
  return { lines, top: lines.at(-1) ?? 1 }
}

const MOST_STEPS = 4
const ROUNDING = 1e-9
const round = (value: number): number => Math.round(value * 1e6) / 1e6
