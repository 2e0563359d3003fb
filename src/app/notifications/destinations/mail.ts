import type { MailSettings } from '../../../config/notification-settings.ts'
import { RevalError } from '../../../errors/reval-error.ts'
import { paragraphsOf, titleOf, type Destination, type Sent } from '../destination.ts'

/**
 * E-mail by SMTP. The certificate of the server is verified; with a user, the connection must be encrypted before the password is
 * sent. The id of a message is that of its notification, so that a second copy can be recognised.
 */
export function mailDestination(settings: MailSettings): Destination {
  return { name: 'mail', send: (sent, signal) => sendMail(settings, sent, signal) }
}

async function sendMail(settings: MailSettings, sent: Sent, signal: AbortSignal): Promise<void> {
  const { host, port, isSecure, user, password, ca, from, to } = settings
  // Loaded only where e-mail is configured.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    ...{ host, port, secure: isSecure, requireTLS: user !== '' },
    ...(user !== '' && { auth: { user, pass: password } }),
    tls: { minVersion: 'TLSv1.2', ...(ca !== null && { ca }) },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  try {
    await transport.sendMail({
      ...{ from, to: [...to], subject: titleOf(sent), text: mailText(sent), signal },
      messageId: `<${sent.notification.id}@${from.slice(from.indexOf('@') + 1)}>`,
      date: new Date(sent.at),
      // Keeps absence notes from answering.
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  } catch (error) {
    signal.throwIfAborted()
    throw new RevalError('NOTIFICATION_FAILED', `the mail server did not take it: ${reasonOf(error)}`)
  } finally {
    transport.close()
  }
}

function mailText(sent: Sent): string {
  return [...paragraphsOf(sent), ...(sent.link === null ? [] : [sent.link])].join('\n\n')
}

/** The code, and the answer's number: the text of an answer may repeat the user. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason'
  const code = 'code' in error ? String(error.code) : error.name
  return 'responseCode' in error && typeof error.responseCode === 'number' ? `${code} ${error.responseCode}` : code
}
