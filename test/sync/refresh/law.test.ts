import { test } from 'node:test'
import fc from 'fast-check'
import { RefreshPlace } from './place.ts'
import { Story, STORY } from './story.ts'

/** `npm run test:law` asks for more. */
const STORIES = Number(process.env.LAW_STORIES ?? 60)

const installed = RefreshPlace.forFile()

test(`${STORIES} stories: every generation ends equal to a rebuild from the final sources for its day`, async () => {
  const law = fc.asyncProperty(STORY, async ([before, events]) => {
    const story = await Story.begin(installed(), before)
    try {
      for (const event of events) await story.tell(event)
      await story.end()
      await story.judge()
      await story.judgeRepetition()
    } finally {
      await story.drop()
    }
  })
  await fc.assert(law, { numRuns: STORIES })
})
