import { Argument, Command } from 'commander'
import { backendsOf } from '../../app/backends.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { Finding } from '../../ports/finding.ts'
import { SERVICE_NAMES } from '../../ports/run-ledger.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { table } from '../output.ts'
import { servicesOf } from '../backends.ts'

const SIGN: Readonly<Record<Finding['standing'], string>> = { good: 'OK', doubtful: 'WARN', bad: 'FAIL' }

/** Java services cannot be detected, so this shows what is configured. */
function peersFinding({ config }: CommandContext): Finding {
  const found = config.javaPeers.length === 0 ? 'none' : config.javaPeers.join(', ')
  return { what: 'Java services (REVAL_JAVA_PEERS)', standing: 'good', found }
}

function lines(findings: readonly Finding[]): string[] {
  const shown = table(
    ['', 'check', 'result'],
    findings.map(({ what, standing, found }) => [SIGN[standing], what, found]),
  )
  const remedies = findings.flatMap(({ what, remedy }) => (remedy === undefined ? [] : [`${what}: ${remedy}`]))
  return remedies.length === 0 ? shown : [...shown, '', ...remedies]
}

async function check(context: CommandContext, named: readonly string[]): Promise<void> {
  const { config, output } = context
  const inspected = await (await backendsOf(config)).inspect(config, servicesOf(named))
  const findings = [peersFinding(context), ...inspected]
  output.print({ findings }, lines(findings))
  const bad = findings.filter(({ standing }) => standing === 'bad')
  if (bad.length === 0) return
  const failed = bad.length === 1 ? '1 check failed' : `${bad.length} checks failed`
  throw new RevalError('CONFIG_CHECK_FAILED', failed)
}

export const configCommand = (): Command =>
  new Command('config')
    .description('inspects the configuration')
    .addCommand(
      command(
        new Command('check')
          .description('validates the configuration and checks every required server')
          .addArgument(new Argument('[services...]', 'services to check; default: all').choices(SERVICE_NAMES))
          .addOption(JSON_OUTPUT),
        (context, _options, args) => check(context, args),
        { roles: (args) => servicesOf(args) },
      ),
    )
