import type { GenerationsWatch } from '../health/generations.ts'
import { known, type FigureSource } from './figures.ts'

/** How much space the kept generations take, and for how many more there is room. */
export function generationFigures(watch: Pick<GenerationsWatch, 'generationsView'>): FigureSource {
  return async () => {
    const { generations, free, roomFor } = await watch.generationsView()
    return [
      ...known('storeFree', free),
      ...known('storeRoom', roomFor),
      ...generations.flatMap(({ keptAs, bytes }) =>
        keptAs === null ? [] : known('generationBytes', bytes, { generation: keptAs }),
      ),
    ]
  }
}
