import type { ProcessesView, SendView } from '../app/processes/processes-view.ts'
import { count, table } from './output.ts'

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
    ...sendLines(processes),
    ...missing.map(({ service, unseenSeconds }) => missingLine(service, unseenSeconds)),
  ]
}

function sendLines(processes: ProcessesView['processes']): string[] {
  const lines = processes.flatMap(({ name, sends }) => sends.map((send) => `  ${name}: ${sendLine(send)}`))
  return lines.length === 0 ? [] : ['to the Java integration service:', ...lines]
}

function sendLine({ stage, state, startedAt, endedAt, rows, failedRows, inQueue, failure }: SendView): string {
  const figures = `${count(rows)} ${stage}${failedRows === 0 ? '' : `, ${count(failedRows)} invalid`}`
  switch (state) {
    case 'sending':
      return `sending since ${startedAt}: ${figures} so far`
    case 'waiting':
      return `sent ${figures}; the end message waits until the queue is empty (${count(inQueue ?? 0)} messages)`
    case 'sent':
      return `sent ${figures} and the end message at ${endedAt}`
    case 'failed':
      return `failed after ${figures}, without an end message: ${failure?.code}, ${failure?.reason}`
    case 'interrupted':
      return `interrupted after ${figures}, without an end message`
  }
}

function missingLine(service: string, seconds: number | null): string {
  const since =
    seconds === null
      ? 'in the last hour'
      : `for ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`}`
  return `No process of ${service} has been seen ${since}.`
}
