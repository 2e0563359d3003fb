import type { RowFaultCode } from '../domain/row-fault.ts'

/**
 * Every error code, with what an operator does about it. One table: `reval help errors` and docs/errors.md print it.
 * A code never changes its meaning; a new cause gets a new code.
 */
export const ERROR_CODES = {
  // Configuration and command line
  CONFIG_INVALID: 'Correct the settings that are listed; nothing was started.',
  USAGE: 'Read the help of the command: reval <command> --help.',

  OUTPUT_FAILED:
    'Free the disk that standard output goes to and ask again. What the command did besides is not undone: reval status.',
  WORKING_DIRECTORY_GONE: 'Change into a folder that is there (cd), and start the command again.',

  // Servers
  SERVER_UNREACHABLE: 'Check the address that is named, the network and that the server runs: reval config check.',
  SERVER_LOGIN_REFUSED: 'Correct user and password in the settings that are named, or what they may do at the server.',
  SERVER_UNSUITABLE: 'The server is of a version or kind that the job cannot work with. See the reason.',

  // The data directory of the embedded backends
  DATA_DIR_IN_USE: 'Another reval works on this directory. Stop it, wait for it, or use another --data-dir.',
  DATA_DIR_NEWER: 'A newer version wrote this directory. Run that version, or use another --data-dir.',
  DATA_DIR_OLDER:
    'An earlier version wrote the file that is named. Use another --data-dir, or delete this one, then load the sources and sync again.',
  DATA_DIR_UNUSABLE: 'Check that the directory exists, can be written, and holds nothing of another program.',
  DISK_FULL:
    'Free space on the disk that is named: of the data directory, the scratch folder or the search engine. What was live is not lost.',
  STORE_FAILED: 'The index store failed in a way it should not. See the reason; run the command again, then report it.',
  SOURCE_MISSING:
    'Fill the sources first: reval load <dir>, or reval demo-data. On servers: check which database the settings name.',
  SOURCE_READ_ONLY:
    'Systems of record are filled by their owners. To try reval out, fill a test stack: docs/operations.md, "Test data".',
  SOURCE_FAILED: 'A source could not be read. See the reason; the run begins again or fails, what is live stays.',
  SOURCE_COLUMNS_MISSING:
    'A table or column of TCS is not there. Check which database the settings name, what the user may see, and the version of TCS.',
  SOURCE_NOT_EMPTY: 'The database holds rows. Add --force to replace them; never do so on a system of record.',

  // The scratch file of a run
  WORKSPACE_UNUSABLE:
    'The scratch folder of integration cannot be made or written. Correct REVAL_SCRATCH_DIR or the rights of the folder.',
  WORKSPACE_FAILED:
    'The scratch file of a run failed; what is live stays. See the reason; check the disk of the scratch folder.',

  // Reading exports
  LOAD_REFUSED: 'Correct the lines that are named and load again. The sources stay as they were.',

  // Rows
  ROW_FIELD_INVALID: 'A field has the wrong type. Correct it in the source, or the service that sends it.',
  ROW_DATE_IMPOSSIBLE: 'Correct the date in the source.',
  ROW_VALUE_UNKNOWN: 'Correct the value in the source; a value that is new to the GMC needs a new version of reval.',
  ROW_KEY_MISSING: 'The row says not whose it is. Correct it in the source.',
  ROW_NUMBER_SHARED: 'Two documents trim to one GMC number. Remove the wrong one from the source.',
  ROW_WRITE_FAILED: 'The index store refused the row. See the reason.',

  // Messages
  MESSAGE_NOT_JSON: 'The body is no JSON. See the dead letter; find the sender.',
  MESSAGE_INVALID: 'The message has not the form of its queue. See the field that is named; find the sender.',
  MESSAGE_HEADERS_INVALID:
    'The run headers are incomplete or wrong. Find the sender; sender and receiver may differ in version.',
  MESSAGE_WITHOUT_RUN:
    'A command or data message came without run headers. Start runs with POST /api/sync or reval sync.',
  MESSAGE_PEER_UNSUPPORTED:
    'A Java integration cannot lead our recommendation and connection to rebuild lists. See docs/migrating.md.',
  MESSAGE_HANDLER_FAILED:
    'A message could not be processed after its retries. See the reason and the dead letter queue.',

  // Broker
  BROKER_CLOSED: 'The broker is closed or closing. Start the service again.',
  BROKER_FAILED: 'The broker refused or lost an operation. See the reason.',
  QUEUE_MISSING: 'Create the queue or exchange, correct its name in the setting, or set REVAL_QUEUES=declare.',
  QUEUE_DIFFERS:
    'The queue exists with other arguments. Set REVAL_QUEUES=passive to take it as it is, or delete it once it is empty.',

  // Ledger
  LEDGER_CONFLICT: 'Somebody else changed the record first. Read it again; commands do so by themselves.',
  LEDGER_FAILED: 'The run ledger failed. See the reason.',
  LEDGER_OLDER:
    'Stop all services and delete the ledger: the indexes <prefix>reval-ledger-*. Start them again, then reval adopt. Past runs are forgotten.',
  LEDGER_GONE:
    'The names show a generation and the ledger knows of none. Restore the ledger from a snapshot, or reval adopt.',

  // Index store
  GENERATION_UNKNOWN: 'That generation does not exist (any more). See reval runs for what is kept.',
  GENERATION_EXISTS: 'A generation of that name exists. Report this: names are unique.',
  GENERATION_UNREADABLE:
    'The names stay as they are. Restore the file or index that is named, or build another generation: reval sync.',
  GENERATION_VERSION: 'Another version of the rules fills this generation. Run the same version everywhere.',
  NOTHING_LIVE: 'Nothing was promoted yet. Run reval sync.',
  NAMES_MOVED: 'Another process moved the names first, and nothing was changed. See reval runs for what is live.',
  STORE_NAME_TAKEN:
    'An index has a name that has to be an alias. See docs/migrating.md: remove it, or set REVAL_SEARCH_REPLACE_INDEXES=yes.',

  // Runs
  RUN_IN_PROGRESS: 'One run at a time. Wait for it (reval status) or stop it (reval cancel).',
  RUN_UNKNOWN: 'There is no run of that id. See reval runs.',
  RUN_OVER: 'The run is over already. See reval status <run>.',
  RUN_PROMOTING: 'The run is going live; it can be undone in a moment with reval rollback.',
  INTERRUPTED: 'The command was stopped. Run it again to go on, or reval cancel to end the run.',
  RUN_CANCELLED: 'The run was cancelled. What was live stays live. Start another with reval sync.',
  NO_INTEGRATION: 'No integration service works on this installation. Start one: reval start integration.',
  STAGE_UNCLAIMED: 'No service took the command in time. Check that it runs and is ready, then start the run again.',
  SENDER_STILL_SENDING:
    'Wait until the Java service has sent its end message. If it is gone, say so: reval sync --sender-gone "<why>".',
  RUN_BEGUN_TOO_OFTEN: 'The run had to begin again too often. See its failures for why, then start another.',
  LEASE_EXPIRED: 'The lease could not be renewed in time: check the search engine. The run goes on once it is renewed.',
  CLOCKS_DIFFER:
    'Set the clock of this machine (NTP): leases are compared by it. This process does not write until then.',
  WRITER_LOST: 'Another integration process has taken over as the writer. No action is needed.',
  REQUEST_UNANSWERED: 'The working process did not answer in time. Check that it is alive: reval status.',

  // Checking
  CHECK_EMPTY: 'The run read no trainees and no doctors. Check the sources.',
  CHECK_SOURCE_EMPTY: 'A source is empty that was not at the last run. Check it; promote by hand when it is right.',
  CHECK_UNLIKE:
    'Look at the figures (reval status) and the sources. Where they are right: reval promote, or sync --expect "<why>".',
  CHECK_DIGESTS:
    'Messages changed on the way, or sender and receiver differ in version. Start another run; report this.',
  CHECK_READ_BACK: 'The search engine did not store what was written. Check its log and disks; start another run.',
  CHECK_COUNTS: 'What was announced and what was written differ. Start another run; report this if it stays.',
  CHECK_FAILED_ROWS:
    'Rows failed that did not fail in the live run. See the failures; correct the sources or accept them by setting.',
  CHECK_UNPROVED:
    'A sender told no totals, so nothing proves that all came. Look at the counts; promote by hand when they are right.',

  // Undo
  NOTHING_TO_ROLL_BACK: 'There is no earlier generation. A second run makes the first one undoable.',
  PROMOTION_IN_PROGRESS: 'A promotion or rollback is under way. Try again in a moment.',

  // HTTP
  HTTP_PORT_FORBIDDEN: 'Choose a port from 1024 on with --port; below, the system asks for a right of its own.',
  HTTP_ADDRESS_REFUSED: 'Bind to 127.0.0.1, or say --host and read docs/operations.md first.',
  HTTP_PORT_IN_USE: 'Another process listens on the port. Choose another with --port.',
  OPERATOR_TOKEN_WRONG: 'Send the header Authorization: Bearer <token> with the token of REVAL_OPERATOR_TOKEN.',

  INTERNAL: 'A fault of reval itself. See the reason, and report it.',
} as const satisfies Record<string, string> & Record<RowFaultCode, string>

export type ErrorCode = keyof typeof ERROR_CODES
