import { ERROR_CODES, type ErrorCode } from '../../errors/codes.ts'

/** What a caller of HTTP does, where the table of errors names a command that has its way here. */
const HTTP_REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  USAGE: 'Correct the request: its path, parameter or body, as the reason says.',
  OUTPUT_FAILED: 'Free the disk that standard output of the process goes to.',
  MESSAGE_WITHOUT_RUN: 'A command or data message came without run headers. Start runs with POST /api/sync.',
  GENERATION_UNKNOWN: 'That generation does not exist (any more). GET /api/sync/runs says what is kept.',
  GENERATION_UNREADABLE:
    'The names stay as they are. Restore the file or index that is named, or build another generation: POST /api/sync.',
  NOTHING_LIVE: 'Nothing was promoted yet. POST /api/sync starts a run.',
  NAMES_MOVED: 'Another process moved the names first, and nothing was changed. GET /api/sync/runs says what is live.',
  RUN_IN_PROGRESS:
    'One run at a time. Wait for it (GET /api/sync/runs/<id>) or stop it (POST /api/sync/runs/<id>/cancel).',
  RUN_UNKNOWN: 'There is no run of that id. GET /api/sync/runs lists them.',
  RUN_OVER: 'The run is over already. GET /api/sync/runs/<id> says how it ended.',
  RUN_PROMOTING: 'The run is going live; it can be undone in a moment with POST /api/sync/rollback.',
  INTERRUPTED: 'The process was stopped. The run begins again at its next start.',
  RUN_CANCELLED: 'The run was cancelled. What was live stays live. Start another with POST /api/sync.',
  SENDER_STILL_SENDING:
    'Wait until the Java service has sent its end message. If it is gone, say so: POST /api/sync {"senderGone": "<why>"}.',
  REQUEST_UNANSWERED: 'The process that writes did not answer in time. GET /health/ready says whether it can.',
  CHECK_UNLIKE:
    'Look at the figures (GET /api/sync/runs/<id>) and the sources. Where they are right: POST /api/sync/runs/<id>/promote, or POST /api/sync {"expect": "<why>"}.',
}

/** What to do about an error, said to a caller of HTTP. */
export function httpRemedy(code: ErrorCode): string {
  return HTTP_REMEDIES[code] ?? ERROR_CODES[code]
}
