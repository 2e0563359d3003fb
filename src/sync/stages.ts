import type { Command } from '../messages/command.ts'
import type { Queue, Route } from '../ports/broker.ts'
import type { ClaimedStage, SendStage, ServiceName } from '../ports/run-ledger.ts'

/** A service that works on a stage, and the queue that it takes the stage's command from. */
export interface StageService {
  readonly service: ServiceName
  readonly commands: Queue
}

interface StageFacts {
  /** The command that opens the stage; its route has the same name. */
  readonly command: Command & Route
  readonly services: readonly StageService[]
}

/** What each stage that others work on consists of: written down here and nowhere else. */
export const STAGE_FACTS = {
  trainees: { command: 'syncStart', services: [{ service: 'tcs', commands: 'syncStart' }] },
  doctors: { command: 'gmcSyncStart', services: [{ service: 'recommendation', commands: 'gmcSyncStart' }] },
  lists: {
    command: 'getMaster',
    services: [
      { service: 'recommendation', commands: 'getMaster.recommendation' },
      { service: 'connection', commands: 'getMaster.connection' },
    ],
  },
} as const satisfies Readonly<Record<ClaimedStage, StageFacts>>

/** Who sends the rows of a stage, and over which queue they come. */
export const SENDERS = {
  trainees: { service: 'tcs', data: 'traineeData' },
  doctors: { service: 'recommendation', data: 'doctorData' },
} as const satisfies Readonly<Record<SendStage, { readonly service: ServiceName; readonly data: Queue & Route }>>

/** The queue from which a service takes the command of a stage. */
export function commandQueueOf(stage: ClaimedStage, service: ServiceName): Queue | null {
  const services: readonly StageService[] = STAGE_FACTS[stage].services
  return services.find((each) => each.service === service)?.commands ?? null
}
