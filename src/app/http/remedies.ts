import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts'

/** Remedies for callers of HTTP, in place of those that name a command. */
const HTTP_REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  USAGE: 'Correct the path, parameters or body of the request; see the reason.',
  NOT_SIGNED_IN:
    'Send the header Authorization: Bearer <token>, with a valid token of the configured provider or the operator token.',
  OUTPUT_FAILED: 'Free space where standard output of the process is written.',
  MESSAGE_WITHOUT_RUN: 'A command or data message arrived without run headers. Start runs with POST /api/sync.',
  CHANGE_OF_COLLECTION:
    'A collection was dropped or renamed, so no single row can be refreshed. Check the source, then POST /api/sync.',
  GENERATION_UNKNOWN:
    'The generation does not exist, was removed, or cannot be used for this. GET /api/sync/runs lists those that are kept.',
  GENERATION_UNREADABLE:
    'The aliases are unchanged. Restore the file or index named, or build another generation: POST /api/sync.',
  GENERATION_VERSION:
    'Another version, or the Java services, built the generation. Run the same version everywhere, and build another: POST /api/sync.',
  GENERATION_STALE:
    'The generation missed a change, so it is not current. GET /api/sync/runs shows the reason. Start a run: POST /api/sync.',
  GENERATION_HAS_VIEWS:
    'Its lists are views: they refuse what a Java recommendation writes, and a Java connection would delete master rows through them. Build another with REVAL_LISTS=tables: POST /api/sync. If no Java service writes lists any more, correct REVAL_JAVA_PEERS.',
  NOTHING_LIVE: 'No generation of this version has been promoted yet. Start a run with POST /api/sync.',
  ALIASES_MOVED: 'Another process moved the aliases first; nothing was changed. GET /api/sync/runs shows what is live.',
  ALIAS_NAME_TAKEN:
    'An index has a name reserved for an alias. If the Java services built all five: reval adopt --indexes on the machine of integration, then POST /api/sync/runs/<id>/promote. Delete any other index.',
  NOTHING_TO_RELEASE:
    'Only a generation that reval adopt --indexes made can be released. GET /api/sync/runs lists them.',
  RUN_IN_PROGRESS:
    'Only one run at a time. Wait for it (GET /api/sync/runs/<id>) or cancel it (POST /api/sync/runs/<id>/cancel).',
  RUN_UNKNOWN: 'There is no such run. GET /api/sync/runs lists them.',
  RUN_OVER: 'The run has already ended. See GET /api/sync/runs/<id>.',
  RUN_PROMOTING: 'The run is going live. Once it is live, POST /api/sync/rollback undoes it.',
  PREVIEW:
    'The preview is ready and stays fresh. To see what would change: GET /api/sync/compare. Then POST /api/sync/runs/<id>/promote or discard.',
  PREVIEW_SHARE:
    'Check what would move: GET /api/sync/compare. If it is right: POST /api/sync/runs/<id>/promote, or POST /api/sync {"expect": "<why>"}. If not: POST /api/sync/runs/<id>/discard.',
  VERIFY_INTERRUPTED:
    'Its process stopped, or another took over; a verification does not restart then. Live is unchanged. Verify again: POST /api/sync/verify.',
  VERIFY_VOID:
    'The verification has no result: see the reason. Live is unchanged. Verify again: POST /api/sync/verify.',
  LIVE_CHANGES_OFF:
    'Live changes are off, so integration cannot refresh rows: reval config check on its machine says how to turn them on. A sync (POST /api/sync) includes every change.',
  FAILURE_UNKNOWN: 'There is no such failed row or dead letter. GET /api/sync/failures lists them.',
  INTERRUPTED: 'The process was stopped. The run restarts when it starts again.',
  RUN_CANCELLED: 'The run was cancelled; the live generation stays. Start another with POST /api/sync.',
  SENDER_STILL_SENDING:
    'Wait until the Java service has sent its end message. If it has stopped, POST /api/sync {"senderGone": "<why>"}.',
  REQUEST_UNANSWERED: 'The writer did not answer in time. Check that it is running: GET /health/ready.',
  CHECK_UNLIKE:
    'Check the figures (GET /api/sync/runs/<id>) and the sources. If they are correct: POST /api/sync/runs/<id>/promote, or POST /api/sync {"expect": "<why>"}.',
}

/** The remedy of an error for a caller of HTTP. */
export function httpRemedy(code: ErrorCode): string {
  return HTTP_REMEDIES[code] ?? ERROR_CODES[code]
}
