import type { AlertSeverity } from '@holdfast/core/operations/alert-document'
import type { MailServer, OutgoingHttp, OutgoingMails } from '@holdfast/core/platform/outgoing'

/** A channel of the installation, from the environment. There is at most one of a type. */
export type InstallationChannel =
  | { readonly type: 'telegram'; readonly token: string; readonly chatId: string }
  | { readonly type: 'slack'; readonly webhook: string }
  | { readonly type: 'email'; readonly to: readonly string[] }
  | { readonly type: 'webhook'; readonly url: string; readonly key: string | null }

/** How notices leave. */
export interface NotificationSettings {
  readonly channels: readonly InstallationChannel[]
  /** Alerts below this severity do not go to the channels of the installation. */
  readonly minSeverity: AlertSeverity
  /** Null: no mails can be sent. */
  readonly mail: { readonly server: MailServer; readonly from: string } | null
  /** The base of Telegram's API. */
  readonly telegramUrl: string
  /** Where docs/RUNBOOK.md can be read. */
  readonly runbookUrl: string
  /** Where push services reach the operators: `mailto:` or `https:`. */
  readonly contact: string
}

export interface Notifications extends NotificationSettings {
  readonly http: OutgoingHttp
  readonly mails: OutgoingMails
}
