import type { Config } from '../../config/config.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ListReader } from '../../ports/list-reader.ts'
import type { RunLedger, ServiceName } from '../../ports/run-ledger.ts'
import { gatewayLists } from './gateway.ts'
import type { ListSource } from './list-source.ts'
import { LiveLists } from './live-lists.ts'
import { localLists } from './local-lists.ts'
import { adminViews, bodyViews, type AdminView, type BodyView } from './reference-data.ts'
import { remoteLists } from './remote-lists.ts'

/** What a process needs to serve lists. */
export interface ServedLists {
  /** Read in this process, for recommendation and connection. */
  readonly own: ListSource
  /** The lists of both services, for integration: from another process if the service has an address, otherwise read here. */
  readonly gateway: ListSource
  readonly bodies: readonly BodyView[]
  readonly admins: readonly AdminView[]
}

interface Backends {
  readonly ledger: RunLedger
  readonly listReader: ListReader
  readonly clock: Clock
}

export function openLists(
  { rules: { bodies }, lists: settings }: Pick<Config, 'rules' | 'lists'>,
  { ledger, listReader: reader, clock }: Backends,
  services: readonly ServiceName[],
): ServedLists {
  const { unconnected, recommendationUrl, connectionUrl, serviceTimeoutMs: timeoutMs } = settings
  const own = localLists(new LiveLists({ ledger, reader, clock, bodies, unconnected }))
  const served = (service: 'recommendation' | 'connection', url: string) =>
    url === '' || services.includes(service) ? own : remoteLists({ service, url, timeoutMs })
  return {
    own,
    gateway: gatewayLists(served('recommendation', recommendationUrl), served('connection', connectionUrl)),
    bodies: bodyViews(bodies),
    admins: adminViews(settings.admins),
  }
}
