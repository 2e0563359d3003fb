import { Command } from 'commander'
import { backendsOf, type ReaderBackends } from '../../app/backends.ts'
import { explainView, type ExplainView } from '../../app/explain-view.ts'
import { EXPLANATION } from '../../app/json/explanation.ts'
import { OpenedOnUse } from '../../app/opened-on-use.ts'
import type { Config } from '../../config/config.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { explain, type ExplainContext } from '../../sync/explain/explain.ts'
import { CONSUMED_QUEUES } from '../../sync/failures/find-failures.ts'
import { audited } from '../audited.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { explainLines } from '../explain-text.ts'
import { path, WRITER_ANSWER_MS } from '../remote/remote-installation.ts'

interface ExplainOptions {
  readonly json?: boolean
  readonly dataDir?: string
}

/** The exit status if nothing is known of the key. */
const NOTHING_KNOWN = 1

/** Opens what explaining needs, beside the services; the broker only if its dead letters are read. Closes it all. */
async function withContext<T>(
  config: Config,
  reader: ReaderBackends,
  action: (context: ExplainContext) => Promise<T>,
): Promise<T> {
  const backends = await backendsOf(config)
  const opened = await backends.openSources(config)
  const broker = new OpenedOnUse(async () => {
    const found = await backends.openBroker(config)
    if (found !== null) return found
    throw new RevalError(
      'BROKER_FAILED',
      'only the process that runs the services has them: GET /api/sync/explain/<key>',
    )
  })
  try {
    const { ledger, store, clock } = reader
    const sources = { trainees: opened.traineeSource, doctors: opened.doctorSource, exceptions: opened.exceptionSource }
    const letters = async () => ({ broker: await broker.get(), queues: CONSUMED_QUEUES })
    return await action({ ledger, store, clock, sources, letters, settings: config.rules })
  } finally {
    await opened.close()
    await broker.close()
  }
}

function explainHere(config: Config, key: string): Promise<ExplainView> {
  return withReader(config, async (reader) => {
    const explained = await audited(reader, { what: 'reval explain', subject: { key } }, () =>
      withContext(config, reader, (context) => explain(context, key)),
    )
    return explainView(explained)
  })
}

export const explainCommand = (): Command =>
  command<ExplainOptions>(
    new Command('explain')
      .description('Explain why a doctor is in each list or not: what the sources say, and what is in the lists')
      .argument('<key>', 'GMC number, person id, row id (tcs-47, gmc-1234567) or document id')
      .addOption(JSON_OUTPUT)
      .addHelpText(
        'after',
        `
A number means the person with that id and the doctor with that GMC number. The answer has personal data. Exits with 0 if
anything is known of the key, and with 1 if nothing is. See docs/support.md.`,
      ),
    async ({ config, remote, output, exitWith }, _options, [key = '']) => {
      const view =
        remote === null
          ? await explainHere(config, key)
          : await remote.get(path`/api/sync/explain/${key}`, EXPLANATION, {}, WRITER_ANSWER_MS)
      output.print(view, explainLines(view))
      if (!view.isKnown) exitWith(NOTHING_KNOWN)
    },
    { remote: true, defaults: { REVAL_LOG_LEVEL: 'warn' } },
  )
