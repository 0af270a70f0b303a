import type { DeliveryOutcome } from '@holdfast/core/operations/alert-delivery-document'
import { within } from '@holdfast/core/platform/deadlines'
import { isHoldfastError, messageOf } from '@holdfast/core/platform/errors'
import type { OutgoingRequest } from '@holdfast/core/platform/outgoing'
import type { Clock } from '@holdfast/core/platform/ports'
import { wahaHmac } from '@holdfast/core/security/webhook-signature'
import type { OpenChannel } from './channels.ts'
import type { Notice } from './notice-text.ts'
import type { Notifications } from './notification-settings.ts'
import { pushRequest } from './push-request.ts'

export interface Sent {
  readonly outcome: DeliveryOutcome
  /** Null when it was delivered. */
  readonly problem: string | null
  /** The browser that was to show it has ended its subscription. */
  readonly isGone?: boolean
}

/** Mail servers wait at each step of a conversation. */
const SENT_WITHIN_MS = 15_000

/** What a push service answers when a browser has ended its subscription. */
const GONE = [404, 410]

/** Answers after which the same request may succeed later. */
const TEMPORARY = [408, 425, 429]

/** Sends a notice on a channel. A failure is a result: the caller decides whether to try again. */
export async function sendNotice(
  { notifications, clock }: { readonly notifications: Notifications; readonly clock: Clock },
  channel: OpenChannel,
  notice: Notice,
): Promise<Sent> {
  try {
    return await within(clock, SENT_WITHIN_MS, send(notifications, channel, notice, clock.now()))
  } catch (error) {
    const isFinal = isHoldfastError(error, 'address-refused') || isHoldfastError(error, 'mail-refused')
    return { outcome: isFinal ? 'refused' : 'failed', problem: messageOf(error) }
  }
}

async function send(notifications: Notifications, channel: OpenChannel, notice: Notice, nowMs: number): Promise<Sent> {
  if (channel.type === 'email') return mailed(notifications, channel.to, notice)
  const answer = await notifications.http.request(requestFor(notifications, channel, notice, nowMs))
  const { status } = answer
  if (status >= 200 && status < 300) return { outcome: 'delivered', problem: null }
  const isFinal = status < 500 && !TEMPORARY.includes(status)
  return {
    outcome: isFinal ? 'refused' : 'failed',
    problem: `It answered with status ${status}${reasonIn(channel, answer.body)}.`,
    isGone: channel.type === 'push' && GONE.includes(status),
  }
}

async function mailed({ mail, mails }: Notifications, to: readonly string[], { id, headline, text }: Notice): Promise<Sent> {
  if (!mail) return { outcome: 'refused', problem: 'No mail server is set (SMTP_HOST).' }
  await mails.send(mail.server, { from: mail.from, to, subject: headline, text, messageId: `${id}@holdfast` })
  return { outcome: 'delivered', problem: null }
}

function requestFor(
  { telegramUrl, contact }: Notifications,
  channel: Exclude<OpenChannel, { type: 'email' }>,
  notice: Notice,
  nowMs: number,
): OutgoingRequest {
  switch (channel.type) {
    case 'telegram': {
      const { token, chatId } = channel
      const body = { chat_id: chatId, text: forTelegram(notice.text), link_preview_options: { is_disabled: true } }
      return post(`${telegramUrl}/bot${token}/sendMessage`, JSON.stringify(body))
    }
    case 'slack':
      return post(channel.webhook, JSON.stringify({ text: forSlack(notice.text) }))
    case 'webhook': {
      const { headline, text, payload } = notice
      const body = JSON.stringify({ ...payload, headline, text })
      return post(channel.url, body, signatureOf(body, channel.key, { id: notice.id, nowMs }))
    }
    case 'push':
      return pushRequest(channel, notice, { contact, nowMs })
  }
}

const post = (url: string, body: string, headers: Readonly<Record<string, string>> = {}): OutgoingRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', ...headers },
  body,
})

/** The headers of WAHA's webhooks. The signature is of the very bytes that are sent. */
function signatureOf(
  body: string,
  key: string | null,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): Readonly<Record<string, string>> {
  const named = { 'x-webhook-request-id': id, 'x-webhook-timestamp': String(nowMs) }
  if (key === null) return named
  return { ...named, 'x-webhook-hmac': wahaHmac(key, Buffer.from(body)), 'x-webhook-hmac-algorithm': 'sha512' }
}

/** Telegram refuses a longer text. */
const TELEGRAM_LENGTH = 4096

const forTelegram = (text: string): string =>
  text.length <= TELEGRAM_LENGTH ? text : `${text.slice(0, TELEGRAM_LENGTH - 1).toWellFormed()}…`

/** Slack reads these three characters as its own. */
const forSlack = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const MOST_REASON = 200

/** What Telegram and Slack say about a refusal. What an address answers that a tenant has chosen is not for our logs, and not for the tenant. */
function reasonIn({ type }: OpenChannel, body: Buffer): string {
  if (type === 'webhook' || type === 'push') return ''
  const text = body.toString('utf8')
  const description = /"description":"([^"]*)"/.exec(text)?.[1] ?? text
  return description === '' ? '' : `: ${description.slice(0, MOST_REASON)}`
}
