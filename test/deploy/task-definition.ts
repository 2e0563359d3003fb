import * as z from 'zod'
import type { DeployedService } from './rules.ts'

const CONTAINER = z.object({
  name: z.string(),
  essential: z.boolean(),
  command: z.array(z.string()),
  user: z.string().optional(),
  readonlyRootFilesystem: z.boolean().default(false),
  linuxParameters: z
    .object({ capabilities: z.object({ drop: z.array(z.string()) }) })
    .default({ capabilities: { drop: [] } }),
  portMappings: z.array(z.object({ containerPort: z.number() })),
  mountPoints: z
    .array(z.object({ sourceVolume: z.string(), containerPath: z.string(), readOnly: z.boolean() }))
    .default([]),
  environment: z.array(z.object({ name: z.string(), value: z.string() })),
  secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })),
  healthCheck: z.object({ command: z.array(z.string()) }),
  stopTimeout: z.number().default(30),
  logConfiguration: z.object({ logDriver: z.string(), options: z.record(z.string(), z.string()) }),
})
const TASK_DEFINITION = z.object({
  family: z.string(),
  requiresCompatibilities: z.array(z.string()),
  networkMode: z.string(),
  cpu: z.string(),
  memory: z.string(),
  executionRoleArn: z.string(),
  taskRoleArn: z.string(),
  containerDefinitions: z.tuple([CONTAINER]),
  volumes: z.array(z.object({ name: z.string() })).default([]),
})

export type TaskDefinition = z.infer<typeof TASK_DEFINITION>

export function readTaskDefinition(json: unknown): TaskDefinition {
  return TASK_DEFINITION.parse(json)
}

/** What the container of a task has. Fargate has no memory on disk: every volume without more is on disk. */
export function deployedService({ containerDefinitions, memory, volumes }: TaskDefinition): DeployedService {
  const [container] = containerDefinitions
  const names = volumes.map(({ name }) => name)
  const probe = /fetch\('http:\/\/127\.0\.0\.1:(\d+)(\/[\w/]*)'\)/.exec(container.healthCheck.command.join(' '))
  const user = /^(\d+)(:\d+)?$/.exec(container.user ?? '')?.[1]
  return {
    args: container.command,
    environment: Object.fromEntries(container.environment.map(({ name, value }) => [name, value])),
    secrets: Object.fromEntries(container.secrets.map(({ name, valueFrom }) => [name, valueFrom])),
    ports: container.portMappings.map(({ containerPort }) => containerPort),
    probes: probe === null ? [] : [{ path: probe[2] ?? '', port: Number(probe[1]) }],
    user: user === undefined ? null : Number(user),
    isRootReadOnly: container.readonlyRootFilesystem,
    droppedCapabilities: container.linuxParameters.capabilities.drop,
    writable: container.mountPoints
      .filter(({ sourceVolume, readOnly }) => names.includes(sourceVolume) && !readOnly)
      .map(({ containerPath }) => containerPath),
    stopSeconds: container.stopTimeout,
    memoryMiB: Number(memory),
  }
}

/** The memory in MiB that Fargate offers for each amount of processor time: from, to, in steps of. */
const FARGATE: Readonly<Record<string, readonly [from: number, to: number, step: number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
}

/** What is wrong with a task definition, beyond the model of the API and the rules of every deployment; empty if nothing. */
export function faultsIn(definition: TaskDefinition): readonly string[] {
  const { family, requiresCompatibilities, networkMode, cpu, memory, executionRoleArn, taskRoleArn } = definition
  const [container] = definition.containerDefinitions
  const faults: string[] = []
  if (family !== `reval-${container.name}`) faults.push(`is called ${family}`)
  if (!container.command.includes(container.name)) faults.push(`runs ${container.command.join(' ')}`)
  if (!container.essential) faults.push('goes on without its container')
  if (requiresCompatibilities.join() !== 'FARGATE' || networkMode !== 'awsvpc') faults.push('does not run on Fargate')
  const [from, to, step] = FARGATE[cpu] ?? [0, 0, 1]
  const offered = Number(memory)
  if (offered < from || offered > to || offered % step !== 0) faults.push(`Fargate has no ${memory} MiB for ${cpu}`)
  for (const { name, valueFrom } of container.secrets) {
    if (!/^arn:aws:secretsmanager:[\w-]+:\d{12}:secret:[\w/-]+:[a-z-]+::$/.test(valueFrom)) {
      faults.push(`${name} is not a key of a secret`)
    }
  }
  for (const role of [executionRoleArn, taskRoleArn]) {
    if (!/^arn:aws:iam::\d{12}:role\/[\w-]+$/.test(role)) faults.push(`${role} is not a role`)
  }
  const { logDriver, options } = container.logConfiguration
  const needed = ['awslogs-group', 'awslogs-region', 'awslogs-stream-prefix']
  if (logDriver !== 'awslogs' || needed.some((option) => !(option in options))) faults.push('does not log to awslogs')
  return faults
}
