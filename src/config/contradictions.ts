import { checkTopology } from '../adapters/broker/topology.ts'
import type { SettingValues } from '../adapters/setting.ts'
import { RevalError } from '../errors/reval-error.ts'
import { accessFaults } from './access-settings.ts'
import { consoleFaults } from './console-settings.ts'
import { notificationFaults } from './notification-settings.ts'
import { refusedPeers } from './peers.ts'
import { remoteFaults } from './remote-settings.ts'
import type { SettingFault } from './read-settings.ts'
import type { Role } from './roles.ts'
import type { SETTINGS } from './settings.ts'
import { topologyOf } from './topology-settings.ts'

/** Room for run headers and attributes, which count towards the size of an SQS message. */
const BYTES_BESIDE_A_BODY = 2_000

/** Finds settings that are valid on their own but contradict each other. */
export function contradictions(read: SettingValues<typeof SETTINGS>, roles: readonly Role[]): SettingFault[] {
  const faults = [...accessFaults(read), ...consoleFaults(read), ...notificationFaults(read), ...remoteFaults(read)]
  if (read.backends === 'servers' && read.messageBytes + BYTES_BESIDE_A_BODY > read.sqsMaxMessageBytes) {
    faults.push({
      setting: 'REVAL_MESSAGE_BYTES',
      value: String(read.messageBytes),
      reason: `must be at least ${BYTES_BESIDE_A_BODY} below REVAL_SQS_MAX_MESSAGE_BYTES, which is ${read.sqsMaxMessageBytes}`,
    })
  }
  faults.push(...refusedPeers(read.javaPeers, roles, read.listsAs))
  try {
    checkTopology(topologyOf(read))
  } catch (error) {
    if (!(error instanceof RevalError)) throw error
    faults.push({ setting: 'REVAL_QUEUE_*', reason: error.message })
  }
  return faults
}
