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
  /** The lists of the live generation, read in this process. */
  readonly live: LiveLists
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

/** The lists of the live generation, read in this process. */
export function liveLists(
  { rules: { bodies }, lists: { unconnected } }: Pick<Config, 'rules' | 'lists'>,
  { ledger, listReader: reader, clock }: Backends,
): LiveLists {
  return new LiveLists({ ledger, reader, clock, bodies, unconnected })
}

export function openLists(
  config: Pick<Config, 'rules' | 'lists'>,
  backends: Backends,
  services: readonly ServiceName[],
): ServedLists {
  const { bodies } = config.rules
  const { admins, recommendationUrl, connectionUrl, serviceTimeoutMs: timeoutMs } = config.lists
  const live = liveLists(config, backends)
  const own = localLists(live)
  const served = (service: 'recommendation' | 'connection', url: string) =>
    url === '' || services.includes(service) ? own : remoteLists({ service, url, timeoutMs })
  return {
    live,
    own,
    gateway: gatewayLists(served('recommendation', recommendationUrl), served('connection', connectionUrl)),
    bodies: bodyViews(bodies),
    admins: adminViews(admins),
  }
}
