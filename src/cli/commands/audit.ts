import { Command } from 'commander'
import { readAuditView } from '../../app/audit-view.ts'
import { AUDIT } from '../../app/json/audit.ts'
import { auditLines } from '../audit-text.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { wholeNumber } from './demo-data.ts'

interface AuditOptions {
  readonly limit: number
  readonly before?: string
  readonly json?: boolean
  readonly dataDir?: string
}

export const auditCommand = (): Command =>
  command<AuditOptions>(
    new Command('audit')
      .description('Show who changed what, and who looked up which doctor, newest first')
      .option('--limit <n>', 'maximum number of entries', wholeNumber(1, 10_000), 20)
      .option('--before <id>', 'only entries before the one with this id')
      .addOption(JSON_OUTPUT),
    async ({ config, remote, output }, { limit, before }) => {
      const view =
        remote === null
          ? await withReader(config, ({ ledger }) => readAuditView(ledger, limit, before))
          : await remote.get('/api/sync/audit', AUDIT, { limit, before })
      output.print(view, auditLines(view, output.columns))
    },
    { remote: true },
  )
