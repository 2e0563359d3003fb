import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { newNamespace } from '../test/stack/job/namespace.ts'
import { RevalProcess } from '../test/stack/job/process.ts'
import type { Environment } from './changes/installation.ts'
import { SERVICES } from './stack/job.ts'

/** Embedded, in one process; and on the real stack, in four. */
export const PLACES = ['embedded', 'servers'] as const
export type PlaceName = (typeof PLACES)[number]

/** An installation of its own. */
export interface Place {
  readonly name: PlaceName
  readonly environment: Environment
  /** Starts all services. */
  start(): Promise<Service>
  remove(): Promise<void>
}

/** Integration, which serves requests of people, with the other services beside it or in its process. */
export interface Service {
  readonly address: string
  readonly pid: number
  /** Runs a sync and waits until it is live; resolves with its seconds. */
  sync(): Promise<number>
  stop(): Promise<void>
}

export async function openPlace(name: PlaceName): Promise<Place> {
  if (name === 'embedded') {
    const directory = await mkdtemp(join(tmpdir(), 'reval-bench-'))
    const environment = { REVAL_BACKENDS: 'embedded', REVAL_DATA_DIR: directory, REVAL_LOG_LEVEL: 'warn' }
    return {
      ...{ name, environment },
      start: () => start(environment, [[]]),
      remove: () => rm(directory, { recursive: true }),
    }
  }
  const { environment: names, remove } = await newNamespace()
  const environment = { ...names, REVAL_LOG_LEVEL: 'warn' }
  const processes = SERVICES.map((service) => [service])
  return { name, environment, start: () => start(environment, processes), remove }
}

/** A process for each list of services. Integration is in the last one. */
async function start(environment: Environment, processes: readonly (readonly string[])[]): Promise<Service> {
  const started = processes.map(
    (services) => new RevalProcess(['start', ...services], { ...environment, REVAL_PORT: '0' }),
  )
  const stop = async () => {
    await Promise.all(started.map((each) => each.stop()))
  }
  try {
    const addresses = await Promise.all(started.map((each) => each.address()))
    const address = addresses.at(-1) ?? ''
    return { address, pid: started.at(-1)?.pid ?? 0, sync: () => syncOver(address), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function syncOver(address: string): Promise<number> {
  const started = await fetch(`${address}/api/sync`, { method: 'POST' })
  const { id } = (await started.json()) as { readonly id: string }
  for (;;) {
    const found = await fetch(`${address}/api/sync/runs/${id}`)
    const run = (await found.json()) as {
      readonly state: string
      readonly seconds: number
      readonly finishedAt: string | null
    }
    if (run.state === 'live') return run.seconds
    if (run.finishedAt !== null) throw new Error(`the run is ${run.state}`)
    await setTimeout(200)
  }
}
