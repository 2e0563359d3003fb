import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONSOLE_PATH } from '../../app/http/console.ts'
import { isFromThisSite } from '../frame/page-headers.ts'
import { keepDraft } from '../frame/sessions.ts'

const MOST_BYTES = 16_384
const LONGEST_REASON = 500
/** How long the rest of the form may take to arrive. */
const FORM_MS = 2_000

/**
 * Sends a person without a session to the log-in, and back to the page afterwards. The reason in a form that was sent after the session
 * had ended is kept in the browser's cookie, so that nothing typed is lost (WCAG 2.2.5); the form is shown again, not carried out.
 */
export async function askToLogIn(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const [path = ''] = request.url.split('?', 1)
  if (request.method === 'POST' && isFromThisSite(request.headers)) {
    const why = await reasonIn(request)
    if (why !== '') keepDraft(request, { path, why })
  }
  const to = request.method === 'POST' ? path : request.url
  const query = new URLSearchParams({ to, ...(hadSession(request) && { ended: 'yes' }) })
  return reply.redirect(`${CONSOLE_PATH}/login?${query.toString()}`, 303)
}

function hadSession({ headers, session }: FastifyRequest): boolean {
  const hasCookie = /(^|;\s*)(__Host-)?reval=/.test(headers.cookie ?? '')
  return hasCookie && session.get('pending') === undefined
}

/** The reason in a form whose body has not been read, because its sender is not logged in. */
async function reasonIn({ raw, headers }: FastifyRequest): Promise<string> {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return ''
  const chunks: Buffer[] = []
  let size = 0
  const timer = setTimeout(() => raw.destroy(), FORM_MS)
  try {
    for await (const chunk of raw) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size > MOST_BYTES) return ''
    }
  } finally {
    clearTimeout(timer)
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
  return (form.get('why') ?? '').trim().slice(0, LONGEST_REASON)
}
