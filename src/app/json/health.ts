import * as z from 'zod'
import { SERVICE_NAMES } from '../../ports/run-ledger.ts'
import { FLAG, named, TEXT } from './parts.ts'

const SERVICE = z.enum(SERVICE_NAMES)

export const LIVENESS = z.strictObject({
  live: z.literal(true).describe('the process answers'),
  services: z.array(SERVICE).readonly().describe('the services in it, or the one that was asked for'),
})

const DEPENDENCY = named('Dependency', 'Something that a service needs.', {
  name: TEXT.describe('such as `ledger`'),
  ready: FLAG.describe('whether it answered in time'),
  code: TEXT.optional().describe('why not; absent if it is ready'),
  reason: TEXT.optional().describe('the same in words'),
})

export const READINESS = z.strictObject({
  ready: FLAG.describe('whether every service is'),
  services: z
    .array(
      named('Service readiness', 'Whether a service can work.', {
        service: SERVICE.describe('the service'),
        ready: FLAG.describe('whether all its dependencies are'),
        dependencies: z.array(DEPENDENCY).readonly().describe('what it needs'),
      }),
    )
    .readonly()
    .describe('by service'),
})
