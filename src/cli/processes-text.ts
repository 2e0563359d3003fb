import type { ProcessesView } from '../app/processes/processes-view.ts'
import { table } from './output.ts'

/** The processes as text; no lines if none has recorded itself in the last hour. */
export function processesLines({ processes, missing }: ProcessesView): string[] {
  if (processes.length === 0) return []
  const rows = processes.map(({ name, services, version, seenAt, state, away, writes }) => [
    name,
    services.join(' '),
    version,
    away.length === 0 ? state : `${state}: ${away.join(', ')}`,
    writes ? 'writes' : '',
    seenAt,
  ])
  return [
    'processes:',
    ...table(['process', 'services', 'version', 'state', '', 'last seen'], rows).map((line) => `  ${line}`),
    ...missing.map(({ service, unseenSeconds }) => missingLine(service, unseenSeconds)),
  ]
}

function missingLine(service: string, seconds: number | null): string {
  const since =
    seconds === null
      ? 'in the last hour'
      : `for ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`}`
  return `No process of ${service} has been seen ${since}.`
}
