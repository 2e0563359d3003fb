import type { RunsElsewhere } from '../run-elsewhere.ts'
import type { Job } from '../run-job.ts'
import { path, type RemoteInstallation } from './remote-installation.ts'
import { REMOTE_KEPT, REMOTE_RUN, REMOTE_STATUS } from './run-answers.ts'

const POLL_MS = 1_000

/** The runs of a remote installation. */
export function remoteRuns(remote: RemoteInstallation, { remotely: { route, body } }: Job): RunsElsewhere {
  return {
    pollMs: POLL_MS,
    name: 'the installation',
    // Made once: it may have arrived although its answer did not.
    request: async () => (await remote.post(route, REMOTE_RUN, body)).id,
    current: async () => (await remote.get('/api/sync/status', REMOTE_KEPT)).current,
    async read(id) {
      const { hasActiveWriter, ...run } = await remote.get(path`/api/sync/runs/${id}`, REMOTE_STATUS)
      return { run, hasActiveWriter }
    },
  }
}
