import { Argument, Command } from 'commander'
import { readRunsView } from '../../app/runs-view.ts'
import { readConfig } from '../../config/config.ts'
import { withReader } from '../backends.ts'
import { candidatesFor, type Candidate } from '../completion/candidates.ts'
import { SHELL_SCRIPTS, SHELLS } from '../completion/shell-scripts.ts'
import { invocationOf, type Invocation } from '../invocation.ts'
import { printable } from '../output.ts'
import { RemoteInstallation } from '../remote/remote-installation.ts'
import { REMOTE_RUNS } from '../remote/run-answers.ts'

export const completionCommand = (): Command => {
  const declared = new Command('completion')
    .description('Print a script that completes commands, options and ids of runs in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
For the shell that is open: source <(reval completion bash), source <(reval completion zsh), or
reval completion fish | source. To keep it, write the script where the shell looks: see docs/command-line.md.`,
    )
  return declared.action((name: string) => {
    const shell = SHELLS.find((each) => each === name)
    if (shell !== undefined) invocationOf(declared).streams.print(SHELL_SCRIPTS[shell])
  })
}

/** The program with a command, or with all: what completes depends on what was typed. */
export type LoadProgram = (named: string | undefined) => Promise<Command>

/** Called by the scripts, with the words before the cursor: prints a candidate and its meaning on each line. */
export const completeCommand = (load: LoadProgram): Command => {
  const declared = new Command('complete')
    .description('Print what completes the last word')
    .argument('[words...]', 'what was typed')
  return declared.action(async (words: readonly string[]) => {
    const invocation = invocationOf(declared)
    const { texts, of } = candidatesFor(await load(words.length > 1 ? words[0] : undefined), words)
    const found = of === 'runs' ? [...texts, ...(await runIds(invocation, words))] : texts
    const lines = of === 'directories' ? [':directories'] : found.map(lineOf)
    for (const line of lines) invocation.streams.print(`${line}\n`)
  })
}

function lineOf({ text, meaning }: Candidate): string {
  return `${printable(text)}\t${printable(meaning.split('. ', 1)[0] ?? '')}`
}

const RUNS_SHOWN = 20
const ANSWER_MS = 2_000

/** Ids of the latest runs that begin as the last word does: where they are read quickly, so not from servers. */
async function runIds({ environment }: Invocation, words: readonly string[]): Promise<readonly Candidate[]> {
  try {
    const given = { REVAL_DATA_DIR: optionIn(words, '--data-dir'), REVAL_URL: optionIn(words, '--url') }
    const config = readConfig(environment, given)
    const { backends, remote } = config
    if (remote === null && backends === 'servers') return []
    const signal = AbortSignal.timeout(ANSWER_MS)
    const { runs } = await (remote === null
      ? withReader(config, (reader) => readRunsView(reader, RUNS_SHOWN, reader.clock.now()))
      : new RemoteInstallation({ ...remote, signal }).get('/api/sync/runs', REMOTE_RUNS, { limit: RUNS_SHOWN }))
    const current = words.at(-1) ?? ''
    const begun = runs.filter(({ id }) => id.startsWith(current))
    return begun.map(({ id, state, day }) => ({ text: id, meaning: `${state}, day ${day}` }))
  } catch {
    // What cannot be read is not offered. An error in the middle of a line that is typed would help less.
    return []
  }
}

function optionIn(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name)
  return at === -1 ? undefined : words[at + 1]
}
