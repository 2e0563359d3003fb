import { after, before, describe } from 'node:test'
import { changing } from './list-reader/changing.ts'
import { FIXTURE } from './list-reader/fixture.ts'
import { likeTheDomain } from './list-reader/like-the-domain.ts'
import { limiting } from './list-reader/limiting.ts'
import { ordering } from './list-reader/ordering.ts'
import { pagingDeep } from './list-reader/paging-deep.ts'
import { filledWith, type Filled, type ListFactory, type ListPlace } from './list-reader/place.ts'
import { searching } from './list-reader/searching.ts'
import { suggesting } from './list-reader/suggesting.ts'

export type { ListFactory, ListPlace } from './list-reader/place.ts'

/** What every ListReader does, with the IndexStore that filled what it reads. */
export function listReaderContract(factory: ListFactory): void {
  describe('the lists of four hundred rows', () => {
    let place: ListPlace | null = null
    let filled: Filled | null = null
    before(async () => {
      place = await factory()
      filled = await filledWith(place, 'g1', FIXTURE)
    })
    after(() => place?.dispose())
    const theFilled = (): Filled => {
      if (filled === null) throw new Error('the rows could not be written')
      return filled
    }
    searching(theFilled)
    limiting(theFilled)
    ordering(theFilled)
    suggesting(theFilled)
  })
  describe('rows and generations that change', () => changing(factory))
  pagingDeep(factory)
  likeTheDomain(factory)
}
