import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { OPS } from './prometheus.ts'

const DASHBOARD = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })),
})

export interface PanelQuery {
  readonly panel: string
  readonly expression: string
}

/** The queries of the dashboard; rates are of the last five minutes. */
export function dashboardQueries(): readonly PanelQuery[] {
  const { panels } = DASHBOARD.parse(JSON.parse(readFileSync(join(OPS, 'grafana/reval.json'), 'utf8')))
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ panel: title, expression: expr.replaceAll('$__rate_interval', '5m') })),
  )
}
