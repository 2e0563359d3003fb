import * as z from 'zod'
import { SERVICE_NAMES } from '../../ports/run-ledger.ts'
import { FLAG, INSTANT, named, SECONDS, TEXT } from './parts.ts'

const SERVICE = z.enum(SERVICE_NAMES)

export const PROCESS = named('Process', 'A process of `reval start`.', {
  name: TEXT.describe('host, process id, and a part that is unique for each start'),
  services: z.array(SERVICE).readonly().describe('the services in it'),
  version: TEXT.describe('its version'),
  startedAt: INSTANT.describe('when it started'),
  seenAt: INSTANT.describe('when it last recorded itself, by its own clock'),
  state: z
    .enum(['ready', 'not ready', 'stopped', 'not seen'])
    .describe('`not ready` if it cannot reach a server; `not seen` if it has not recorded itself for half a minute'),
  away: z.array(TEXT).readonly().describe('the servers that it cannot reach'),
  writes: FLAG.describe("whether it holds the writer's lease"),
  leaseUntil: INSTANT.nullable().describe(
    "when the writer's lease expires unless it renews it; null if it does not hold it",
  ),
})

export const PROCESSES = named('Processes', 'The processes of the last hour.', {
  processes: z.array(PROCESS).readonly().describe('by name'),
  missing: z
    .array(
      named('Missing service', 'A service that no process runs.', {
        service: SERVICE.describe('the service'),
        unseenSeconds: SECONDS.nullable().describe(
          'since a process of it was last seen; null if none was in the last hour',
        ),
      }),
    )
    .readonly()
    .describe('services without a running process'),
})
