import * as z from 'zod'
import { SERVICE_NAMES } from '../../ports/run-ledger.ts'
import { FLAG, INSTANT, named, SECONDS, TEXT, WHOLE } from './parts.ts'

const SERVICE = z.enum(SERVICE_NAMES)

const SEND = named('Send', 'A send to a Java integration service, which has no runs.', {
  stage: z.enum(['trainees', 'doctors']).describe('what is sent'),
  state: z
    .enum(['sending', 'waiting', 'sent', 'failed', 'interrupted'])
    .describe(
      '`waiting`: all rows are sent, and the end message waits until the receiver has taken them; `interrupted`: the process died; `failed` and `interrupted`: no end message was sent',
    ),
  startedAt: INSTANT.describe('when it started'),
  endedAt: INSTANT.nullable().describe('when it ended; null if it has not, or was interrupted'),
  rows: WHOLE.describe('rows sent so far'),
  failedRows: WHOLE.describe('invalid rows, which were not sent'),
  inQueue: WHOLE.nullable().describe(
    'messages still in the queue, as far as the broker tells; null while rows are being sent and after the end message',
  ),
  failure: z
    .strictObject({ code: TEXT.describe('error code'), reason: TEXT.describe('the reason') })
    .nullable()
    .describe('why it failed; null unless it did'),
})

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
  sends: z.array(SEND).readonly().describe('its last send of each stage to a Java integration service'),
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
