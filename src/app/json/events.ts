import * as z from 'zod'
import { ENDS, STAGES } from '../../ports/run-ledger.ts'
import { FLAG, INSTANT, KEPT, named, TEXT } from './parts.ts'

/** What happens in an installation, as the stream of events names it: as `RunEventMap` does, where that has the same. */
export const HAPPENINGS = [
  'run.requested',
  'run.pickedUp',
  'run.restarted',
  'run.ended',
  'stage.started',
  'stage.progress',
  'stage.finished',
  'row.failed',
  'aliases.changing',
  'aliases.changed',
  'lease.acquired',
  'lease.expired',
  'generation.stale',
  'change.applied',
  'channel.behind',
  'channel.recovered',
  'message.deadLettered',
  'verify.finished',
  'health.changed',
  'process.changed',
  'schedule.next',
] as const

export const HAPPENING = named('Event', 'Something that happened.', {
  event: z.enum(HAPPENINGS).describe('name of the event'),
  at: INSTANT.describe('when it was seen'),
  text: TEXT.describe('in words'),
  run: TEXT.nullable().describe('id of the run that it is about; null if it is about none'),
  state: z
    .enum([...STAGES, ...ENDS])
    .nullable()
    .describe('the state of that run, or the stage of a stage event; null without a run'),
  figures: z
    .record(TEXT, z.number().nullable())
    .describe(
      'counts that belong to it, by name; for `schedule.next`, `dueAt` in milliseconds since the epoch; null if unknown',
    ),
})

export const HELLO = named('Hello', 'The first message of a stream: what is, before anything happens.', {
  asOf: INSTANT.nullable().describe('when the ledger was read; null if it cannot be read now'),
  isKnown: FLAG.describe('whether the ledger can be read now; if not, the following is as it was, or null'),
  current: TEXT.nullable().describe('id of the run in progress'),
  live: KEPT.nullable().describe('what is live'),
  previous: KEPT.nullable().describe('what a rollback returns to'),
  heldBack: KEPT.nullable().describe('what waits for an operator to promote or discard'),
})
