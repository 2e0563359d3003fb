import { Argument, Command } from 'commander'
import { listen } from '../../app/http/server.ts'
import { createLog, logEvents } from '../../app/log.ts'
import { openWorker } from '../../app/worker.ts'
import { openConsole } from '../../console/console.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import { SERVICE_NAMES } from '../../ports/run-ledger.ts'
import { createRunEvents } from '../../sync/events.ts'
import { command, type CommandContext } from '../command.ts'
import { servicesOf } from '../backends.ts'

interface StartOptions {
  readonly port?: string
  readonly host?: string
  readonly dataDir?: string
}

async function start({ config, output, signal }: CommandContext, named: readonly string[]): Promise<void> {
  const services = servicesOf(named)
  const log = createLog(config.log)
  const events = createRunEvents()
  logEvents(log, events)
  const worker = await openWorker(config, { services, events, presence: true, metrics: true })
  try {
    const server = await listen(worker, log, config.http, openConsole(worker, config))
    try {
      // The port first: a process that cannot listen must not become the writer for a moment.
      await worker.start()
      output.say(`${services.join(', ')} at ${server.address}`)
      const stopped = new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), { once: true })
      })
      const ended = worker.ended.then(() =>
        Promise.reject(new RevalError('INTERNAL', 'the services ended unexpectedly')),
      )
      await Promise.race([stopped, ended])
      log.info('stopping')
    } catch (error) {
      const { code, message, remedy } = asRevalError(error)
      log.fatal({ code, reason: message, remedy }, 'fatal error, stopping')
      throw error
    } finally {
      await server.stop()
    }
  } finally {
    await worker.stop()
  }
}

export const startCommand = (): Command =>
  command<StartOptions>(
    new Command('start')
      .description('Run services (default: all four) in one process until SIGTERM')
      .addArgument(new Argument('[services...]', 'services to run').choices(SERVICE_NAMES))
      .option('--port <port>', 'HTTP port (REVAL_PORT, default 8088)')
      .option('--host <address>', 'HTTP address to bind to (REVAL_HOST, default 127.0.0.1)'),
    (context, _options, args) => start(context, args.flat()),
    {
      settings: ({ port, host }) => ({ REVAL_PORT: port, REVAL_HOST: host }),
      roles: (args) => servicesOf(args),
      remote: 'it starts services on this machine',
    },
  )
