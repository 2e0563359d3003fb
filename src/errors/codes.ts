import type { RowFaultCode } from '../domain/row-fault.ts'

/**
 * Every error code, with its remedy. `reval errors` and docs/errors.md print this table. A code never changes its meaning;
 * a new cause gets a new code.
 */
export const ERROR_CODES = {
  // Configuration and command line
  CONFIG_INVALID: 'Fix the settings listed. Nothing was started.',
  CONFIG_CHECK_FAILED: 'Follow the remedies printed below the checks, then run reval config check again.',
  USAGE: 'See the help of the command: reval <command> --help.',

  OUTPUT_FAILED:
    'Free space where standard output is written. The command may have done its work nevertheless: see reval status.',
  WORKING_DIRECTORY_GONE: 'Change to an existing directory (cd) and run the command again.',

  // Another installation, by --url
  INSTALLATION_UNREACHABLE:
    'Check the address (--url, REVAL_URL), the network and that the integration service is running there. The request may have arrived nevertheless.',
  INSTALLATION_UNTRUSTED:
    'The certificate at the address is not trusted. Correct the address, or set NODE_EXTRA_CA_CERTS to the PEM file of your own authority.',
  INSTALLATION_UNSUITABLE:
    'Something else answers at the address, such as a proxy or its sign-in page, or an integration service of another version. See the reason; give the address of integration itself (--url, REVAL_URL).',

  // Servers
  SERVER_UNREACHABLE: 'Check the address, the network and that the server is running: reval config check.',
  SERVER_LOGIN_REFUSED:
    'Correct the user and password in the settings named, or grant the user the missing permissions.',
  NOTIFICATION_FAILED:
    'Check that the receiver works and that REVAL_NOTIFY_* are right: reval notify --test. It is tried again for a day.',
  SERVER_UNSUITABLE: 'This kind or version of server is not supported. See the reason.',

  // The data directory of the embedded backends
  DATA_DIR_IN_USE:
    'Another reval process is using this directory. Wait for it, stop it, or use another --data-dir. If it is reval start: POST /api/sync.',
  DATA_DIR_NEWER: 'A newer version of reval wrote this directory. Run that version, or use another --data-dir.',
  DATA_DIR_OLDER:
    'An older version of reval wrote this file. If it holds the sources, load them again: reval load <dir>. For another file, use another --data-dir, or delete this one; then load and sync.',
  DATA_DIR_UNUSABLE: 'Check that the directory exists, is writable and contains no files of another program.',
  DISK_FULL:
    'Free space on the disk named: data directory, scratch directory or search engine. The live generation is intact.',
  STORE_FAILED: 'Unexpected failure of the index store. See the reason and retry; if it persists, report it.',
  SOURCE_MISSING:
    'Load the sources first: reval load <dir>, or reval demo-data. On servers, check the database in the settings.',
  SOURCE_READ_ONLY:
    'reval never writes to systems of record. To try it out, fill a test stack: docs/operations.md, "Test data".',
  SOURCE_FAILED:
    'A source could not be read. See the reason. A run restarts or fails, a resync can be repeated; the live generation stays.',
  SOURCE_NOT_CONFIGURED:
    'This process lacks the settings that the reason names. Set them, so that it can read the source.',
  SOURCE_COLUMNS_MISSING:
    'A TCS table or column is missing. Check the database in the settings, the permissions of the user and the TCS version.',
  SOURCE_NOT_EMPTY: 'The database already contains rows. Use --force to replace them; never on a system of record.',

  // The scratch file of a run
  WORKSPACE_UNUSABLE:
    'The scratch directory cannot be created or written. Correct REVAL_SCRATCH_DIR or its permissions.',
  WORKSPACE_FAILED:
    'The scratch file of a run failed; the live generation stays. See the reason and check the scratch disk.',

  // Reading exports
  LOAD_REFUSED: 'Correct what is listed and load again. The sources are unchanged.',

  // Rows
  ROW_FIELD_INVALID: 'A field has the wrong type. Correct it in the source, or fix the service that sends it.',
  ROW_DATE_IMPOSSIBLE: 'Correct the date in the source.',
  ROW_VALUE_UNKNOWN: 'Correct the value in the source. If the GMC introduced it, reval needs an update.',
  ROW_KEY_MISSING: 'The row has no key. Correct it in the source.',
  ROW_NUMBER_SHARED: 'Two documents have the same GMC number once trimmed. Remove the wrong one from the source.',
  ROW_WRITE_FAILED: 'The index store rejected the row. See the reason.',

  // Messages
  MESSAGE_NOT_JSON: 'The body is not JSON. See the dead letter and find the sender.',
  MESSAGE_INVALID: 'The message does not match the format of its queue. See the field named and find the sender.',
  MESSAGE_HEADERS_INVALID:
    "The run headers are incomplete or wrong. Find the sender; its version may differ from the receiver's.",
  MESSAGE_WITHOUT_RUN:
    'A command or data message arrived without run headers. Start runs with POST /api/sync or reval sync.',
  MESSAGE_PEER_UNSUPPORTED:
    'Beside a Java integration, our recommendation sends doctors if REVAL_JAVA_PEERS names integration, and our connection has no work. See docs/java-peers.md.',
  SEND_UNFINISHED:
    'The end message was not sent, so the Java integration service still waits for it. See the reason; once its cause is fixed, start the sync again there.',
  CHANGE_KEY_MISSING:
    'The change does not identify a person, doctor or recommendation, so no row was refreshed. Correct the sender. The next sync includes the change.',
  CHANGE_OF_COLLECTION:
    'A collection was dropped or renamed, so no single row can be refreshed. Check the source, then run reval sync.',
  MESSAGE_HANDLER_FAILED: 'A message still failed after its retries. See the reason and the dead letter queue.',

  // Failures
  FAILURE_UNKNOWN:
    'There is no such failed row or dead letter. It may have been replayed, discarded or removed since. See reval failures list.',

  // Erasing a person
  KEY_AMBIGUOUS:
    'A person and another doctor have this number. Name the row of the one to erase: tcs-<person id> or gmc-<GMC number>.',

  // Refreshing on request
  LIVE_CHANGES_OFF:
    'Live changes are off, so integration cannot refresh rows. reval config check shows why. If reval sync is running on embedded backends, wait until it has ended. A sync includes every change.',

  // Broker
  BROKER_CLOSED: 'The broker connection is closed or closing. Start the service again.',
  BROKER_FAILED: 'The broker rejected or lost an operation. See the reason.',
  QUEUE_MISSING: 'Create the queue or exchange, correct its name in the setting, or set REVAL_QUEUES=declare.',
  QUEUE_DIFFERS:
    'The queue exists with different arguments. Set REVAL_QUEUES=passive to use it as is, or delete it once empty.',

  // Ledger
  LEDGER_CONFLICT: 'Another process changed the record first. Read it again; commands retry automatically.',
  LEDGER_FAILED: 'The run ledger failed. See the reason.',
  LEDGER_OLDER:
    'Stop all services and delete the ledger (indexes <prefix>reval-ledger-*); start them again, then reval adopt. The run history is lost.',
  LEDGER_GONE:
    'The ledger was deleted, or does not know the generation that the aliases point to. Restore it from a snapshot, or run reval adopt.',

  // Index store
  GENERATION_UNKNOWN:
    'The generation does not exist, was removed, or cannot be used for this. reval runs lists those that are kept.',
  GENERATION_EXISTS: 'A generation with that id exists already. Ids are never reused: report this.',
  GENERATION_UNREADABLE:
    'The aliases are unchanged. Restore the file or index named, or build another generation: reval sync.',
  GENERATION_VERSION:
    'Another version, or the Java services, built the generation. Run the same version everywhere, and build another: reval sync.',
  GENERATION_STALE:
    'The generation missed a change, so it is not current. reval runs shows the reason. Start a run: reval sync.',
  GENERATION_HAS_VIEWS:
    'Its lists are views: they refuse what a Java recommendation writes, and a Java connection would delete master rows through them. Build another with tables: REVAL_LISTS=tables, then reval sync. If no Java service writes lists any more, correct REVAL_JAVA_PEERS.',
  BODY_FORBIDDEN: 'You may list only rows of your own designated bodies. Leave out dbcs to list all of those.',
  LIST_SERVICE_FAILED:
    "The service that serves the list gave no valid answer. Check that it is running, and integration's REVAL_RECOMMENDATION_URL or REVAL_CONNECTION_URL.",
  CONSOLE_ASSETS:
    'The installed version of nhsuk-frontend has other files than the console expects. Install the version named in package.json.',
  FORM_REFUSED:
    'The form was open too long, or was sent from another site. Nothing was done: open the page again and repeat.',
  NOTHING_LIVE: 'No generation of this version has been promoted yet. Run reval sync.',
  ALIASES_MOVED: 'Another process moved the aliases first; nothing was changed. reval runs shows what is live.',
  ALIAS_NAME_TAKEN:
    'An index has a name reserved for an alias. If the Java services built all five: reval adopt --indexes, then reval promote. Delete any other index.',

  // Runs
  RUN_IN_PROGRESS: 'Only one run at a time. Wait for it (reval status) or cancel it (reval cancel).',
  COMPARISON_IN_PROGRESS:
    'The process is comparing two runs for another caller. Try again later, or run reval compare.',
  RUN_UNKNOWN: 'There is no such run. reval runs lists them.',
  RUN_OVER: 'The run has already ended. See reval status <run>.',
  RUN_PROMOTING: 'The run is going live. Once it is live, reval rollback undoes it.',
  INTERRUPTED: 'The command was interrupted. Run it again to continue, or reval cancel to end the run.',
  RUN_CANCELLED: 'The run was cancelled; the live generation stays. Start another with reval sync.',
  PREVIEW:
    'The preview is ready and stays fresh. To see what would change: reval compare <run>. Then reval promote or reval discard.',
  PREVIEW_SHARE:
    'Check what would move: reval compare <run>. If it is right: reval promote, or reval sync --expect "<why>". If not: reval discard.',
  VERIFY_INTERRUPTED:
    'Its process stopped, or another took over; a verification does not restart then. Live is unchanged. Verify again: reval verify.',
  VERIFY_VOID: 'The verification has no result: see the reason. Live is unchanged. Verify again: reval verify.',
  NO_INTEGRATION:
    'No integration service is running. Start one: reval start integration. If it stops again, its log says why. Beside a Java integration, start the sync there.',
  STAGE_UNCLAIMED:
    'No service claimed the command in time. Check that the service is running and ready; start a new run.',
  SENDER_STILL_SENDING:
    'Wait until the Java service has sent its end message. If it has stopped, run reval sync --sender-gone "<why>".',
  RUN_RESTARTED_TOO_OFTEN: 'The run restarted too often. Its failures show why; fix them and start a new run.',
  LEASE_EXPIRED: 'The lease was not renewed in time. Check the search engine; the run resumes once it is renewed.',
  TRACES_NOT_SENT: 'Check REVAL_TRACES and the collector. Runs and changes go on; traces of this time are lost.',
  CLOCKS_DIFFER: 'Synchronise the clock of this machine (NTP). Until then, this process does not write.',
  WRITER_LOST: 'Another integration process is now the writer. No action needed.',
  WRITER_ACTIVE: 'Stop the services of integration, then run the command again.',
  REQUEST_UNANSWERED: 'The writer did not answer in time. Check that it is running: reval status.',

  // Checking
  CHECK_EMPTY: 'The run read no trainees and no doctors. Check the sources.',
  CHECK_SOURCE_EMPTY: 'A source that had rows in the last run is empty. Check it; if that is correct, promote the run.',
  CHECK_UNLIKE:
    'Check the figures (reval status) and the sources. If they are correct: reval promote, or reval sync --expect "<why>".',
  CHECK_DIGESTS:
    'Messages were altered in transit, or sender and receiver differ in version. Start a new run and report this.',
  CHECK_READ_BACK: 'The search engine did not store what was written. Check its log and disks; start a new run.',
  CHECK_COUNTS:
    'The rows written differ from the totals of the senders. Start a new run; if it happens again, report it.',
  CHECK_FAILED_ROWS:
    'More rows failed than in the live run. Check the failures; fix the sources or set REVAL_CHECK_ACCEPT_FAILURES.',
  CHECK_UNPROVED:
    'A sender reported no totals, so completeness is not proven. Check the counts; if they are correct, promote the run.',

  STATE_CHANGED:
    'Something changed after you looked, so nothing was done. Look at what is live, held back and in progress now, and decide again.',

  // Undo
  NOTHING_TO_ROLL_BACK: 'Rollback is possible once a second run has gone live.',
  NOTHING_TO_ADOPT:
    'Only the five concrete indexes of the Java services can be adopted, all five together. See the reason, and docs/migrating.md.',
  NOTHING_ADOPTED:
    'Take over the indexes of the Java services first: reval adopt --indexes. It needs the search engine. See docs/migrating.md.',
  NOTHING_TO_RELEASE: 'Only a generation that reval adopt --indexes made can be released. See reval status.',
  PROMOTION_IN_PROGRESS: 'A promotion or rollback is in progress. Try again in a moment.',

  // HTTP
  HTTP_PORT_FORBIDDEN: 'Choose a port above 1023 with --port; lower ports need extra privileges.',
  HTTP_ADDRESS_REFUSED: 'Check that the address in --host (REVAL_HOST) belongs to this machine, or use 127.0.0.1.',
  HTTP_PORT_IN_USE: 'Another process is listening on the port. Choose another with --port.',
  NOT_SIGNED_IN:
    'Set REVAL_TOKEN to a valid token of the provider that the installation uses, or to its operator token.',
  NOT_ALLOWED:
    'Sign in with a role that allows this; the administrator of the OpenID provider assigns roles. Without a configured sign-in, send requests from this machine to 127.0.0.1 or localhost. See docs/operations.md.',
  TOO_MANY_REQUESTS: 'Wait for the number of seconds in the header Retry-After, then send fewer requests.',
  TOO_MANY_STREAMS:
    'Close other streams: a person may have 6, a process 60. Pages without one stay as they are; refresh them.',
  SIGN_IN_UNAVAILABLE:
    'The keys of the OpenID provider cannot be read. Check REVAL_OIDC_ISSUER and the network; try again in a moment.',

  INTERNAL: 'Internal error in reval. See the reason and report it.',
} as const satisfies Record<string, string> & Record<RowFaultCode, string>

export type ErrorCode = keyof typeof ERROR_CODES
