// Limits of an account: what the service announces about them, and how it answers when it is asked.
import { randomBytes } from 'node:crypto'
import { getBinaryNodeChild, isLidUser, isPnUser } from '@whiskeysockets/baileys'
import type { Account } from './account.ts'
import { clientsOf } from './account.ts'
import { lidAttr } from './names.ts'
import type { Contact } from './person.ts'
import { SERVER, timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'

const seconds = (ms: number): string => String(Math.floor(ms / 1000))

const lockAnswer = ({ reachOutLock: lock }: Account) =>
  lock && lock.untilMs > Date.now()
    ? { is_active: true, time_enforcement_ends: seconds(lock.untilMs), enforcement_type: lock.type }
    : { is_active: false, time_enforcement_ends: '0', enforcement_type: 'DEFAULT' }

const capAnswer = ({ messageCap: cap }: Account) => ({
  capping_status: cap?.status ?? 'NONE',
  used_quota: cap?.used ?? 0,
  total_quota: cap?.total ?? 0,
  ...(cap?.untilMs === undefined ? {} : { cycle_end_timestamp: seconds(cap.untilMs) }),
})

/** Answers to questions by the number of the query, as WhatsApp's clients send them. */
const ANSWERS: Readonly<Record<string, (account: Account) => object>> = {
  '23983697327930364': (account) => ({ xwa2_fetch_account_reachout_timelock: lockAnswer(account) }),
  '24503548349331633': (account) => ({ xwa2_message_capping_info: capAnswer(account) }),
}

const jsonNode = (tag: string, attrs: Record<string, string>, data: object): Stanza => ({
  tag,
  attrs,
  content: Buffer.from(JSON.stringify({ data })),
})

/** The answer to a question of the kind `w:mex`. Undefined for a query that is not known. */
export const answerLimits = (account: Account, query: Stanza): Stanza[] | undefined => {
  const answer = ANSWERS[query.attrs.query_id ?? '']
  return answer && [jsonNode('result', {}, answer(account))]
}

/**
 * Whether a message is refused: the account may begin no chats, and the message has no token of the recipient. The recipient gives
 * its token to those whom it knows.
 */
export const isLockedOut = ({ reachOutLock: lock }: Account, message: Stanza): boolean => {
  const { to } = message.attrs
  const isDirect = isPnUser(to) === true || isLidUser(to) === true
  return isDirect && lock !== undefined && lock.untilMs > Date.now() && !getBinaryNodeChild(message, 'tctoken')
}

/** Tells clients of limits, and gives them the tokens of contacts. */
export class Limits {
  #notices = 0

  announceLock(account: Account): void {
    const lock = { xwa2_notify_account_reachout_timelock: lockAnswer(account) }
    this.#tell(
      account,
      { type: 'mex', from: SERVER },
      jsonNode('update', { op_name: 'NotificationUserReachoutTimelockUpdate' }, lock),
    )
  }

  announceCap(account: Account): void {
    const cap = { xwa2_notify_new_chat_messages_capping_info_update: capAnswer(account) }
    this.#tell(account, { type: 'mex', from: SERVER }, jsonNode('update', { op_name: 'MessageCappingInfoNotification' }, cap))
  }

  giveToken(contact: Contact, account: Account): void {
    const attrs = { type: 'trusted_contact', jid: account.pn, t: timestamp() }
    const tokens = { tag: 'tokens', attrs: {}, content: [{ tag: 'token', attrs, content: randomBytes(16) }] }
    this.#tell(account, { type: 'privacy_token', from: contact.pn, ...lidAttr('sender_lid', contact.main) }, tokens)
  }

  #tell(account: Account, attrs: Record<string, string>, child: Stanza): void {
    const id = `limit-${++this.#notices}`
    for (const device of clientsOf(account))
      device.queue.put({ tag: 'notification', attrs: { id, t: timestamp(), ...attrs }, content: [child] })
  }
}
