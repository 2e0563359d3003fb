import { Command } from 'commander'
import { erasureView } from '../../app/erasure-view.ts'
import { ERASURE, ERASURE_LIST } from '../../app/json/erasure.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { readErasures } from '../../sync/erase/erasures.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT } from '../command.ts'
import { erasedLines, erasureLines } from '../erasure-text.ts'
import { WRITER_ANSWER_MS } from '../remote/remote-installation.ts'
import { ANSWER_MINUTES, erasureJob } from '../resync-job.ts'

interface EraseOptions {
  readonly why?: string
  readonly list?: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

export const eraseCommand = (): Command =>
  command<EraseOptions>(
    new Command('erase')
      .description('Remove one person from everything that reval keeps, and say what the sources still have')
      .argument('[key]', 'person id, GMC number, or row id (tcs-47, gmc-1234567)')
      .option('--why <reason>', 'reason, recorded in the ledger (required); do not name the person in it')
      .option('--list', 'list past erasures instead')
      .addOption(JSON_OUTPUT)
      .addHelpText(
        'after',
        `
A person id erases that person's rows; a GMC number all rows that have it. Rows of every kept generation, failed rows and dead
letters are removed, and the keys are masked in the records of the ledger. While TCS or the GMC data has the person, the next
sync or change brings the rows back: erase there first. Refused while a run is in progress. The command waits up to
${ANSWER_MINUTES} minutes; if it is interrupted, run it again.`,
      ),
    async (context, { why = '', list = false }, [key]) => {
      const { config, remote, output } = context
      if (list === (key !== undefined)) throw new RevalError('USAGE', 'expected one of: a key, --list')
      if (key === undefined) {
        const view =
          remote === null
            ? { erasures: (await withReader(config, ({ ledger }) => readErasures(ledger))).map(erasureView) }
            : await remote.get('/api/sync/erasures', ERASURE_LIST)
        output.print(view, erasureLines(view.erasures))
        return
      }
      const result =
        remote === null
          ? await erasureJob(context, { key, by: 'reval erase', why })
          : await remote.post('/api/sync/erase', ERASURE, { key, why }, WRITER_ANSWER_MS)
      output.print(result, erasedLines(result))
    },
    { remote: true, defaults: { REVAL_LOG_LEVEL: 'warn' } },
  )
