import { RevalError } from '../errors/reval-error.ts'
import type { Command } from '../messages/command.ts'
import type { Queue, Route } from '../ports/broker.ts'
import type { ClaimedStage, SendStage, ServiceName } from '../ports/run-ledger.ts'

/** A service that works on a stage, and the queue on which it receives the command of that stage. */
export interface StageService {
  readonly service: ServiceName
  readonly commands: Queue
}

interface StageFacts {
  /** The command that starts the stage; its route has the same name. */
  readonly command: Command & Route
  readonly services: readonly StageService[]
}

/** The stages that other services work on: this table is the only place that says so. */
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

/** Which service sends the rows of a stage, and the queue they go through. */
export const SENDERS = {
  trainees: { service: 'tcs', data: 'traineeData' },
  doctors: { service: 'recommendation', data: 'doctorData' },
} as const satisfies Readonly<Record<SendStage, { readonly service: ServiceName; readonly data: Queue & Route }>>

/** The queue on which a service receives the command of a stage. Throws INTERNAL if it does not work on that stage. */
export function commandQueueOf(stage: ClaimedStage, service: ServiceName): Queue {
  const services: readonly StageService[] = STAGE_FACTS[stage].services
  const queue = services.find((each) => each.service === service)?.commands
  if (queue === undefined) throw new RevalError('INTERNAL', `${service} does not work on stage ${stage}`)
  return queue
}

/** The queues that these services consume or publish to. Integration, which leads, uses all of them. */
export function queuesOf(services: readonly ServiceName[]): readonly Queue[] {
  const commands = Object.values(STAGE_FACTS).flatMap((stage): readonly StageService[] => stage.services)
  const data = Object.values(SENDERS).map((sender) => ({ service: sender.service, queue: sender.data }))
  return [...commands.map(({ service, commands: queue }) => ({ service, queue })), ...data]
    .filter(({ service }) => services.includes('integration') || services.includes(service))
    .map(({ queue }) => queue)
}
