import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts'

/**
 * Remedies in words of the console, for the codes whose remedy names a command or route that a page has an action for. What only
 * somebody at the machine can do, such as loading exports, stays a command.
 */
const CONSOLE_REMEDIES = {
  CONFIG_CHECK_FAILED: 'Follow what the checks say below, then check everything again on the page System.',
  USAGE: 'Correct what the page says and send it again.',
  OUTPUT_FAILED: 'Free space where the process writes its output.',
  SERVER_UNREACHABLE:
    'Check the address, the network and that the server is running. The page System shows all servers.',
  DATA_DIR_IN_USE: 'Another process is using the data directory. Wait for it, or stop it.',
  MESSAGE_WITHOUT_RUN: 'A command or data message arrived without run headers. Start runs on the page Start a run.',
  CHANGE_OF_COLLECTION:
    'A collection was dropped or renamed, so no single row can be refreshed. Check the source, then start a run.',
  FAILURE_UNKNOWN:
    'There is no such failed row or dead letter. It may have been replayed, discarded or removed since. The page Failures lists those that are open.',
  LIVE_CHANGES_OFF:
    'Live changes are off, so rows cannot be refreshed. The page System says why. A run includes every change.',
  GENERATION_UNKNOWN:
    'The generation does not exist, was removed, or cannot be used for this. The page System lists those that are kept.',
  GENERATION_UNREADABLE:
    'What is live has not changed. Restore the file or index named, or start a run, which builds another generation.',
  GENERATION_VERSION:
    'Another version, or the Java services, built the generation. Run the same version everywhere, then start a run.',
  GENERATION_STALE: 'The generation missed a change, so it is not current. Start a run.',
  GENERATION_HAS_VIEWS:
    'Its lists are views: they refuse what a Java recommendation writes, and a Java connection would delete master rows through them. Set REVAL_LISTS=tables and start a run. If no Java service writes lists any more, correct REVAL_JAVA_PEERS.',
  ALIAS_NAME_TAKEN:
    'An index has a name reserved for an alias. If the Java services built all five, reval adopt --indexes takes them on the command line; then promote the run. Delete any other index.',
  NOTHING_TO_RELEASE: 'Only a generation that reval adopt --indexes made can be released.',
  NOTHING_LIVE: 'No run has gone live yet. Start the first run.',
  ALIASES_MOVED: 'Another process moved the lists first; nothing was changed. The overview shows what is live.',
  RUN_IN_PROGRESS: 'Only one run at a time. Wait for it, or cancel it on its page.',
  COMPARISON_IN_PROGRESS: 'Two runs are being compared for somebody else. Try again later.',
  RUN_UNKNOWN: 'There is no such run. The page Runs lists those that are kept.',
  RUN_OVER: 'The run has already ended. Its page shows how.',
  RUN_PROMOTING: 'The run is going live. Once it is live, you can roll back.',
  INTERRUPTED: 'The process was stopped. The run restarts when it starts again.',
  RUN_CANCELLED: 'What is live has not changed. Start another run when you are ready.',
  PREVIEW: 'See what would change, then make it live or discard it. It is kept up to date meanwhile.',
  PREVIEW_SHARE: 'See what would change. If it is right, make the run live. If not, discard it.',
  VERIFY_INTERRUPTED:
    'Its process stopped, or another took over. What is live has not changed. Start another verification.',
  VERIFY_VOID:
    'The verification has no result: see the reason. What is live has not changed. Start another verification.',
  SENDER_STILL_SENDING:
    'Wait until the service has sent its end message. If it has stopped, say so when you start a run.',
  REQUEST_UNANSWERED: 'The writer did not answer in time. Look at the overview before you try again.',
  CHECK_SOURCE_EMPTY:
    'A source that had rows in the last run is empty. Check it. If that is correct, make the run live.',
  CHECK_UNLIKE:
    'Check the sources. If the figures are correct, make the run live. Otherwise discard it, or start another run.',
  CHECK_UNPROVED:
    'A sender reported no totals, so completeness is not proved. Check the counts. If they are correct, make the run live.',
  NOT_ALLOWED: 'Log in with a role that allows this. Ask an administrator for access.',
  NOT_SIGNED_IN: 'Log in.',
  SIGN_IN_UNAVAILABLE: 'The log-in service does not answer. Try again in a moment.',
} as const satisfies Readonly<Partial<Record<ErrorCode, string>>>

/** What to do about an error, for a person at the console. */
export function consoleRemedy(code: ErrorCode): string {
  return code in CONSOLE_REMEDIES ? CONSOLE_REMEDIES[code as keyof typeof CONSOLE_REMEDIES] : ERROR_CODES[code]
}
