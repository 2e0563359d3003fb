import { spawnSync } from 'node:child_process'

/** `nobody` on Linux: a user whose rights have limits, which root's have not. */
export const NOBODY = 65_534

/** Why a test that needs such a user is skipped: root cannot become one where nobody else may read the checkout. */
export function noOtherUser(): string | false {
  if (process.getuid?.() !== 0) return false
  const { status } = spawnSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY })
  return status === 0 ? false : 'another user may not read this checkout'
}
