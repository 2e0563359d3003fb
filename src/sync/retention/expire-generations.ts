import type { Installation, KeptGeneration } from '../../ports/run-ledger.ts'
import { dropUnneeded } from '../lead/housekeeping.ts'
import { discardHeldBack } from '../lead/request-answers.ts'
import type { WriterContext } from '../lease/writer.ts'
import { changeAsWriter, readInstallation } from '../records.ts'

const DAY_MS = 86_400_000

/**
 * Drops a held-back and a previous generation that are too old; the run of the former ends as discarded. Not while aliases
 * move or a run goes live. Call it between two batches of changes.
 */
export async function expireGenerations(context: WriterContext): Promise<void> {
  const installation = await readInstallation(context.ledger)
  if (installation.changing !== null || (await isPromoting(context, installation))) return
  const { heldBack, previous } = installation
  if (heldBack !== null) await expireHeldBack(context, heldBack)
  if (previous !== null) await expirePrevious(context, previous, installation)
}

async function isPromoting({ ledger }: WriterContext, { currentRun }: Installation): Promise<boolean> {
  if (currentRun === null) return false
  return (await ledger.read('run', currentRun.id))?.value.state === 'promoting'
}

async function expireHeldBack(context: WriterContext, { run }: KeptGeneration): Promise<void> {
  const { ledger, clock, settings } = context
  const { heldBackMs } = settings.retention
  const finishedAt = (await ledger.read('run', run))?.value.finishedAt ?? null
  const at = clock.now()
  if (heldBackMs === 0 || finishedAt === null || finishedAt + heldBackMs > at) return
  const why = `held back for more than ${Math.round(heldBackMs / DAY_MS)} days`
  await discardHeldBack(context, { run, by: 'reval', why, at })
}

async function expirePrevious(
  context: WriterContext,
  { generation }: KeptGeneration,
  { history }: Installation,
): Promise<void> {
  const { clock, settings } = context
  const { previousMs } = settings.retention
  const left = history.find(({ from }) => from?.generation === generation)
  if (previousMs === 0 || left === undefined || left.at + previousMs > clock.now()) return
  await changeAsWriter(context, (known) =>
    known.previous?.generation === generation ? { ...known, previous: null } : null,
  )
  await dropUnneeded(context)
}
