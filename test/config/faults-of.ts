import assert from 'node:assert/strict'
import type { SettingFault } from '../../src/config/read-settings.ts'
import { RevalError } from '../../src/errors/reval-error.ts'

/** The errors of a refused action. */
export function faultsOf(action: () => unknown): readonly SettingFault[] {
  try {
    action()
  } catch (error) {
    assert.ok(error instanceof RevalError)
    assert.equal(error.code, 'CONFIG_INVALID')
    assert.ok(Array.isArray(error.details.faults))
    return error.details.faults as readonly SettingFault[]
  }
  assert.fail('the configuration was accepted')
}
