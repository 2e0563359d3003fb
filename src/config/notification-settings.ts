import * as z from 'zod'
import { certificates, hours, secretText, serverUrl, setting, text, type SettingValues } from '../adapters/setting.ts'
import { isLoopback } from './loopback.ts'
import type { SettingFault } from './read-settings.ts'

/** An address of a receiver; it may hold a token. Only the receiver of signed messages may be without TLS. */
function receiverUrl({ needsTls }: { readonly needsTls: boolean }): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .superRefine((address, context) => {
      if (address === '') return
      const refuse = (message: string) => context.addIssue({ code: 'custom', message })
      const url = URL.canParse(address) ? new URL(address) : null
      if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
        refuse('must be an https:// URL')
        return
      }
      if (url.username !== '' || url.password !== '') refuse('must not contain a user or password')
      const isHere = isLoopback(url.hostname.replace(/^\[|\]$/g, ''))
      if (needsTls && url.protocol === 'http:' && !isHere) refuse('must be an https:// URL, except on this machine')
    })
}

/** A secret of Standard Webhooks; null if not set. */
function signingSecret(): z.ZodType<Buffer | null, string> {
  const form = /^whsec_([A-Za-z0-9+/]+={0,2})$/
  return z.string().transform((secret, context) => {
    if (secret.trim() === '') return null
    const key = Buffer.from(form.exec(secret.trim())?.[1] ?? '', 'base64')
    if (key.length >= 24 && key.length <= 64) return key
    context.addIssue({ code: 'custom', message: 'must be whsec_ and 24 to 64 bytes in base64' })
    return z.NEVER
  })
}

const ADDRESS = /^[^\s@<>,;:"()[\]\\\p{C}]+@[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/iu

function addresses(): z.ZodType<readonly string[], string> {
  return z
    .string()
    .transform((list) => list.split(',').flatMap((each) => each.trim() || []))
    .refine((list) => list.every((each) => ADDRESS.test(each)), 'must be e-mail addresses, separated by commas')
}

/** Who is notified when something needs attention. */
export const NOTIFICATION_SETTINGS = {
  staleMs: setting({
    variable: 'REVAL_STALE_HOURS',
    schema: hours(0, 8_760),
    fallback: '26',
    unit: 'hours',
    description: 'how long after a run went live the lists are too old; 0: never',
  }),
  notifyWebhookUrl: setting({
    variable: 'REVAL_NOTIFY_WEBHOOK_URL',
    schema: receiverUrl({ needsTls: false }),
    description: 'address that notifications are posted to as signed JSON',
    secret: true,
  }),
  notifyWebhookSecret: setting({
    variable: 'REVAL_NOTIFY_WEBHOOK_SECRET',
    schema: signingSecret(),
    description: 'secret that signs them: whsec_ and 24 to 64 random bytes in base64',
    secret: true,
  }),
  notifySlackUrl: setting({
    variable: 'REVAL_NOTIFY_SLACK_URL',
    schema: receiverUrl({ needsTls: true }),
    description: 'address of an incoming webhook of Slack',
    secret: true,
  }),
  notifyTeamsUrl: setting({
    variable: 'REVAL_NOTIFY_TEAMS_URL',
    schema: receiverUrl({ needsTls: true }),
    description: 'address of a workflow of Microsoft Teams that posts webhook alerts to a channel',
    secret: true,
  }),
  notifyMailTo: setting({
    variable: 'REVAL_NOTIFY_MAIL_TO',
    schema: addresses(),
    description: 'e-mail addresses that notifications are sent to, separated by commas',
  }),
  notifyMailFrom: setting({
    variable: 'REVAL_NOTIFY_MAIL_FROM',
    schema: addresses().refine((list) => list.length <= 1, 'must be one e-mail address'),
    description: 'e-mail address that they are sent from',
  }),
  notifySmtpUrl: setting({
    variable: 'REVAL_NOTIFY_SMTP_URL',
    schema: serverUrl(['smtp', 'smtps'], 'smtps://mail.example.org:465'),
    description: 'mail server; smtps:// is TLS from the start, smtp:// uses STARTTLS if the server offers it',
  }),
  notifySmtpUser: setting({
    variable: 'REVAL_NOTIFY_SMTP_USER',
    schema: text(),
    description: 'user of the mail server; with one, TLS is required',
  }),
  notifySmtpPassword: setting({
    variable: 'REVAL_NOTIFY_SMTP_PASSWORD',
    schema: secretText(),
    description: 'password of the mail server',
    secret: true,
  }),
  notifySmtpCa: setting({
    variable: 'REVAL_NOTIFY_SMTP_CA',
    schema: certificates(),
    description: "PEM file of the CAs trusted for the mail server, instead of the system's",
  }),
} as const

/** Where notifications go; null where nothing is configured. */
export interface NotificationSettings {
  readonly webhook: { readonly url: string; readonly key: Buffer } | null
  readonly slack: { readonly url: string } | null
  readonly teams: { readonly url: string } | null
  readonly mail: MailSettings | null
}

export interface MailSettings {
  readonly from: string
  readonly to: readonly string[]
  readonly host: string
  readonly port: number
  /** TLS from the start. */
  readonly isSecure: boolean
  /** Empty if the server asks for none. */
  readonly user: string
  readonly password: string
  /** Null: the CAs of the system. */
  readonly ca: string | null
}

type Read = SettingValues<typeof NOTIFICATION_SETTINGS>

export function notificationsOf(read: Read): NotificationSettings {
  const urlOf = (url: string) => (url === '' ? null : { url })
  const key = read.notifyWebhookSecret
  return {
    webhook: read.notifyWebhookUrl === '' || key === null ? null : { url: read.notifyWebhookUrl, key },
    slack: urlOf(read.notifySlackUrl),
    teams: urlOf(read.notifyTeamsUrl),
    mail: read.notifySmtpUrl === '' ? null : mailOf(read),
  }
}

function mailOf(read: Read): MailSettings {
  const { protocol, hostname, port } = new URL(read.notifySmtpUrl)
  const isSecure = protocol === 'smtps:'
  return {
    from: read.notifyMailFrom[0] ?? '',
    to: read.notifyMailTo,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    isSecure,
    user: read.notifySmtpUser,
    password: read.notifySmtpPassword,
    ca: read.notifySmtpCa,
  }
}

/** Settings that only work together. */
export function notificationFaults(read: Read): SettingFault[] {
  const hasMail = read.notifySmtpUrl !== ''
  const together: readonly (readonly [boolean, keyof Read, boolean])[] = [
    [read.notifyWebhookUrl !== '', 'notifyWebhookSecret', read.notifyWebhookSecret !== null],
    [read.notifyWebhookSecret !== null, 'notifyWebhookUrl', read.notifyWebhookUrl !== ''],
    [hasMail, 'notifyMailTo', read.notifyMailTo.length > 0],
    [hasMail, 'notifyMailFrom', read.notifyMailFrom.length > 0],
    [read.notifyMailTo.length > 0 || read.notifyMailFrom.length > 0, 'notifySmtpUrl', hasMail],
    [read.notifySmtpUser !== '' || read.notifySmtpPassword !== '', 'notifySmtpUrl', hasMail],
    [read.notifySmtpUser !== '', 'notifySmtpPassword', read.notifySmtpPassword !== ''],
    [read.notifySmtpPassword !== '', 'notifySmtpUser', read.notifySmtpUser !== ''],
  ]
  const missing = new Set(together.flatMap(([needs, name, isSet]) => (needs && !isSet ? [name] : [])))
  return [...missing].map((name) => ({
    setting: NOTIFICATION_SETTINGS[name].variable,
    reason: 'must be set: other settings of this kind of notification are',
  }))
}
