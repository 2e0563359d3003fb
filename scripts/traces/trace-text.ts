import type { ReceivedSpan } from './collector.ts'

/** A trace as a tree of lines. Spans of one name under the same parent are one line, with how many there are and how long they took together. */
export function traceText(spans: readonly ReceivedSpan[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === null || !ids.has(parentSpanId))
  const startedAt = Math.min(...spans.map((span) => span.startedAt))
  const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId)
  const services = new Set(spans.map(({ service }) => service))
  const lines: string[] = []

  const add = (group: readonly ReceivedSpan[], depth: number, parent: string): void => {
    const [first] = group
    if (first === undefined) return
    const began = Math.min(...group.map((span) => span.startedAt)) - startedAt
    const took = group.reduce((sum, span) => sum + span.endedAt - span.startedAt, 0)
    const failed = group.filter(({ isFailed }) => isFailed).length
    const label = [
      first.name,
      group.length > 1 ? `× ${group.length}` : '',
      services.size > 1 && first.service !== parent ? `(${first.service})` : '',
      attributesText(group),
      failed > 0 ? `${failed} failed` : '',
    ]
    lines.push(`${secondsText(began)} ${secondsText(took)}  ${'  '.repeat(depth)}${label.filter(Boolean).join(' ')}`)
    const below = group.flatMap(({ spanId }) => children.get(spanId) ?? [])
    addAll(below, depth + 1, first.service)
  }
  const addAll = (below: readonly ReceivedSpan[], depth: number, parent: string): void => {
    const groups = Map.groupBy(below, ({ name, service }) => `${name} ${service}`)
    const inOrder = [...groups.values()].map((group) => group.toSorted((one, other) => one.startedAt - other.startedAt))
    for (const group of inOrder.sort(([one], [other]) => (one?.startedAt ?? 0) - (other?.startedAt ?? 0))) {
      add(group, depth, parent)
    }
  }
  addAll(roots, 0, '')
  return [`   began    took  trace ${spans[0]?.traceId ?? ''}`, ...lines, ''].join('\n')
}

const SHOWN = ['reval.run', 'reval.state', 'reval.rows', 'reval.messages']
const SUMMED = ['reval.rows', 'reval.messages']

function attributesText(group: readonly ReceivedSpan[]): string {
  return SHOWN.flatMap((key) => {
    const values = group.flatMap(({ attributes }) => attributes[key] ?? [])
    const [first] = values
    if (first === undefined) return []
    const shown = SUMMED.includes(key) ? values.reduce<number>((sum, value) => sum + Number(value), 0) : first
    return [`${key.replace('reval.', '')}=${shown}`]
  }).join(' ')
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)}s`.padStart(8)
}
