import type { NotificationSettings } from '../../../config/notification-settings.ts'
import type { Destination } from '../destination.ts'
import { mailDestination } from './mail.ts'
import { slackDestination } from './slack.ts'
import { teamsDestination } from './teams.ts'
import { webhookDestination } from './webhook.ts'

/** The destinations that are configured. */
export function openDestinations({ webhook, slack, teams, mail }: NotificationSettings): readonly Destination[] {
  return [
    ...(webhook === null ? [] : [webhookDestination(webhook)]),
    ...(slack === null ? [] : [slackDestination(slack)]),
    ...(teams === null ? [] : [teamsDestination(teams)]),
    ...(mail === null ? [] : [mailDestination(mail)]),
  ]
}
