import { ALERT_SEVERITIES } from '@holdfast/core/operations/alert-document'
import { insideSettings } from '@holdfast/core/platform/inside-settings'
import { type Environment, integer, type Rule, says } from '@holdfast/core/platform/settings'
import { z } from 'zod'
import type { InstallationChannel, NotificationSettings } from './use-cases/alerts/notification-settings.ts'

/** The variables of the channels on which the installation is told of alerts. */

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an address that begins with https://' })

/** A list with commas between its entries. */
const list = (entry: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(entry).min(1))

const NO_CHANNEL = 'there is no such channel'

export const notificationVariables = {
  NOTIFICATION_WEBHOOK: says('The address that gets each notice of an alert as JSON.', webAddress.optional(), {
    example: 'https://example.com/holdfast',
    without: NO_CHANNEL,
  }),
  NOTIFICATION_WEBHOOK_KEY: says(
    'The key that signs these notices: `X-Webhook-Hmac` is the HMAC-SHA-512 of the body, in hex. A secret.',
    z.string().min(1).optional(),
    { without: 'they are not signed' },
  ),
  TELEGRAM_BOT_TOKEN: says('The token of the Telegram bot that sends notices. A secret.', z.string().min(1).optional(), {
    without: NO_CHANNEL,
  }),
  TELEGRAM_CHAT_ID: says('The chat that gets them.', z.string().min(1).max(64).optional(), {
    example: '-1001234567890',
    without: NO_CHANNEL,
    required: 'with TELEGRAM_BOT_TOKEN',
  }),
  TELEGRAM_API_URL: says("The base of Telegram's API.", webAddress.default('https://api.telegram.org')),
  SLACK_WEBHOOK: says('The address of an incoming webhook of Slack. A secret.', webAddress.optional(), { without: NO_CHANNEL }),
  SMTP_HOST: says('The mail server for notices by e-mail, also for those of tenants.', z.string().min(1).optional(), {
    example: 'smtp.example.com',
    without: 'no mails are sent',
  }),
  SMTP_PORT: says('The port of the mail server.', integer({ min: 1, max: 65_535, default: 587 })),
  SMTP_TLS: says(
    '`required`: STARTTLS, or no mail. `implicit`: TLS from the beginning (port 465). `none`: for a server on the same host.',
    z.enum(['required', 'implicit', 'none'], 'must be required, implicit or none').default('required'),
  ),
  SMTP_USER: says('The user of the mail server.', z.string().min(1).optional(), { without: 'it asks for none' }),
  SMTP_PASSWORD: says('The password of this user. A secret.', z.string().min(1).optional(), { without: 'it asks for none' }),
  SMTP_FROM: says('The sender of the mails.', z.email().optional(), {
    example: 'holdfast@example.com',
    required: 'with SMTP_HOST',
  }),
  SMTP_TO: says("The recipients of the installation's own notices, with commas between them.", list(z.email()).optional(), {
    example: 'ops@example.com',
    without: 'the installation itself sends none by e-mail',
  }),
  NOTIFICATION_SECRETS: says(
    'The secrets among the variables of channels as one JSON object: `{"TELEGRAM_BOT_TOKEN": "…", "SLACK_WEBHOOK": "…"}`. In the cloud it is a secret of the project. A variable that is set by itself takes precedence.',
    z
      .string()
      .refine((text) => parsedSecrets(text) !== null, 'must be a JSON object of texts')
      .optional(),
    { without: 'the variables are read from the environment' },
  ),
  ALERT_MIN_SEVERITY: says(
    'Alerts below this severity do not go to the channels above.',
    z.enum(ALERT_SEVERITIES, 'must be info, warning or critical').default('info'),
  ),
  PUSH_CONTACT: says(
    'Where the services that bring alerts to browsers reach whoever runs the installation.',
    z.url({ protocol: /^(mailto|https)$/, error: 'must begin with mailto: or https://' }).optional(),
    { example: 'mailto:ops@example.com', without: '`SMTP_FROM` is told, or an address that does not exist' },
  ),
  RUNBOOK_URL: says(
    'Where people read docs/RUNBOOK.md. Notices name its sections.',
    z.string().min(1).default('docs/RUNBOOK.md'),
  ),
  ...insideSettings,
}

const secretsSchema = z.record(z.string(), z.string())

function parsedSecrets(text: string): Readonly<Record<string, string>> | null {
  try {
    return secretsSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

const SECRETS = [
  'NOTIFICATION_WEBHOOK',
  'NOTIFICATION_WEBHOOK_KEY',
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_CHAT_ID',
  'SLACK_WEBHOOK',
  'SMTP_USER',
  'SMTP_PASSWORD',
]

/** Adds the variables that are in `NOTIFICATION_SECRETS`. Others in it are ignored: it is for channels. */
export function withNotificationSecrets(environment: Environment): Environment {
  const secrets = Object.entries(parsedSecrets(environment['NOTIFICATION_SECRETS'] ?? '') ?? {})
  return { ...Object.fromEntries(secrets.filter(([name]) => SECRETS.includes(name))), ...withoutEmpty(environment) }
}

const withoutEmpty = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name, value]) => !SECRETS.includes(name) || value !== ''))

type Settings = z.infer<z.ZodObject<typeof notificationVariables>>

const together =
  (name: string, needed: string): Rule =>
  (environment) =>
    environment[name] && !environment[needed] ? `${needed}: is required with ${name}` : null

export const notificationRules: readonly Rule[] = [
  together('TELEGRAM_BOT_TOKEN', 'TELEGRAM_CHAT_ID'),
  together('SMTP_HOST', 'SMTP_FROM'),
]

export function notificationsOf(settings: Settings): NotificationSettings {
  const { SMTP_HOST: host, SMTP_FROM: from } = settings
  const server = {
    port: settings.SMTP_PORT,
    tls: settings.SMTP_TLS,
    user: settings.SMTP_USER ?? null,
    password: settings.SMTP_PASSWORD ?? null,
  }
  return {
    channels: channelsOf(settings),
    minSeverity: settings.ALERT_MIN_SEVERITY,
    mail: host !== undefined && from !== undefined ? { server: { host, ...server }, from } : null,
    telegramUrl: settings.TELEGRAM_API_URL,
    runbookUrl: settings.RUNBOOK_URL,
    contact: settings.PUSH_CONTACT ?? (from === undefined ? 'mailto:operator@holdfast.invalid' : `mailto:${from}`),
  }
}

function channelsOf(settings: Settings): readonly InstallationChannel[] {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_CHAT_ID: chatId, SLACK_WEBHOOK: slack } = settings
  const { SMTP_HOST: host, SMTP_TO: to, NOTIFICATION_WEBHOOK: url, NOTIFICATION_WEBHOOK_KEY: key = null } = settings
  const channels: (InstallationChannel | null)[] = [
    token !== undefined && chatId !== undefined ? { type: 'telegram', token, chatId } : null,
    slack === undefined ? null : { type: 'slack', webhook: slack },
    host !== undefined && to !== undefined ? { type: 'email', to } : null,
    url === undefined ? null : { type: 'webhook', url, key },
  ]
  return channels.filter((channel) => channel !== null)
}
