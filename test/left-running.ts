import { after } from 'node:test'
import { isMainThread } from 'node:worker_threads'

/** Long enough on a busy machine for what is closing when the last test ends. */
const GRACE_MS = 10_000

// Node starts a process for each test file and waits for its end, without a limit: what a test leaves running, such as the
// endless retry that its time limit has failed, would hang the run. Workers and processes that tests start load this too.
if (isMainThread && process.env.NODE_TEST_CONTEXT !== undefined && process.argv[1]?.endsWith('.test.ts')) {
  after(() => {
    const end = () => {
      console.error(`left running when its tests had ended: ${process.getActiveResourcesInfo().join(', ')}`)
      process.exit(1)
    }
    setTimeout(end, GRACE_MS).unref()
  })
}
