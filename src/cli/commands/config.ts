import { Argument, Command } from 'commander'
import { backendsOf } from '../../app/backends.ts'
import { liveListsFinding } from '../../app/health/live-lists.ts'
import { liveChangesFinding } from '../../config/live-changes.ts'
import { peersFindings } from '../../config/peers.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Finding } from '../../ports/finding.ts'
import { SERVICE_NAMES } from '../../ports/run-ledger.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { table } from '../output.ts'
import { servicesOf } from '../backends.ts'

const SIGN: Readonly<Record<Finding['status'], string>> = { ok: 'OK', warn: 'WARN', fail: 'FAIL' }

function lines(findings: readonly Finding[]): string[] {
  const checks = table(
    ['', 'check', 'result'],
    findings.map(({ what, status, found }) => [SIGN[status], what, found]),
  )
  const remedies = findings.flatMap(({ what, remedy }) => (remedy === undefined ? [] : [`${what}: ${remedy}`]))
  return remedies.length === 0 ? checks : [...checks, '', ...remedies]
}

async function check(context: CommandContext, named: readonly string[]): Promise<void> {
  const { config, output } = context
  const services = servicesOf(named)
  const inspected = await (await backendsOf(config)).inspect(config, services)
  const own = services.includes('integration') ? [liveChangesFinding(config), ...(await liveListsFinding(config))] : []
  const findings = [...peersFindings(config), ...own, ...inspected]
  output.print({ findings }, lines(findings))
  const failed = findings.filter(({ status }) => status === 'fail')
  if (failed.length === 0) return
  throw new RevalError('CONFIG_CHECK_FAILED', failed.length === 1 ? '1 check failed' : `${failed.length} checks failed`)
}

export const configCommand = (): Command =>
  new Command('config')
    .description('Inspect the configuration')
    .addCommand(
      command(
        new Command('check')
          .description('Validate the configuration and check every required server')
          .addArgument(new Argument('[services...]', 'services to check; default: all').choices(SERVICE_NAMES))
          .addOption(JSON_OUTPUT),
        (context, _options, args) => check(context, args),
        { roles: (args) => servicesOf(args), remote: 'it checks the settings of this machine' },
      ),
    )
