import { setTimeout as pause } from 'node:timers/promises'
import { newPhone } from '../stage.ts'
import type { Chats } from '../chats.ts'
import type { Scenario } from '../scenario.ts'

/** A delay of this length is left to a task. */
const LATER_MS = '90000'

/** Before the acks come. */
const EXPIRES_MS = 1_000

const refuseNext = ({ stage, phone }: Chats) => stage.simulator.orderFault({ kind: 'nack', account: phone, code: 479, count: 1 })

/** WhatsApp refuses a message once. The owner tries again at once, in the version of the job that it then reads. */
const refused: Scenario = {
  name: 'refused',
  struck: 'working',
  diedAt: [
    'commit data record with job',
    'commit data record with waiting job: processing',
    'frame in ack of message with error',
    'read job',
  ],
  async act(chats) {
    await refuseNext(chats)
    await chats.send()
  },
}

/** WhatsApp refuses a message once, and the next attempt is further away than an owner waits: a task, or the sweep, makes it due. */
const laterRetry: Scenario = {
  name: 'later-retry',
  struck: 'working',
  timePasses: true,
  runnerEnv: { SEND_RETRY_DELAYS_MS: LATER_MS },
  diedAt: ['commit data record with job', 'listen job by status', 'task retries'],
  async act(chats) {
    await refuseNext(chats)
    await chats.send()
  },
}

/** A message to a number that WhatsApp does not know fails before it is taken from the queue. */
const hopeless: Scenario = {
  name: 'hopeless',
  struck: 'working',
  diedAt: ['commit data record with waiting job: failed'],
  act: async (chats) => void (await chats.send(newPhone(), { end: 'failed' })),
}

/** The owner hears of the messages within this time, and takes none of them before the acks come. */
const HEARD_MS = 500
const ACKS_HELD_MS = 1_800

/**
 * Messages that wait behind another one are canceled and replaced, which their owner does not hear of: it finds out when it takes
 * them. A third one expires meanwhile, if all goes fast.
 */
const overtaken: Scenario = {
  name: 'overtaken',
  struck: 'working',
  diedAt: [
    'commit data record with waiting job: failed',
    'commit data record with waiting job: processing',
    'read job',
    'read journal',
  ],
  async act(chats) {
    await chats.stage.simulator.orderFault({ kind: 'hold-acks', account: chats.phone, ms: ACKS_HELD_MS })
    const contact = await chats.newContact({ autoReceipt: false })
    await chats.send(contact)
    const [canceled, replaced] = [await chats.send(contact), await chats.send(contact)]
    await chats.send(contact, { expiresAt: new Date(Date.now() + EXPIRES_MS).toISOString(), end: 'sent or failed' })
    await pause(HEARD_MS)
    await Promise.all([chats.cancel(canceled), chats.replace(replaced)])
  },
}

/** A session sends one message in 90 seconds. The second one shows that it is held back. Each attempt counts for good. */
const paced: Scenario = {
  name: 'paced',
  struck: 'working',
  timePasses: true,
  runnerEnv: { PACING: 'true', MIN_DELAY_MS: LATER_MS, MAX_DELAY_MS: LATER_MS, RECIPIENT_GAP_MS: '0' },
  diedAt: ['commit data record with waiting job: hold', 'commit data record with waiting job: processing'],
  async prepare(chats) {
    chats.paceBefore = { ...(await chats.stage.stored.pace(chats.sessionId)), sent: chats.sent.length }
  },
  async act(chats) {
    await chats.send()
    await chats.send(await chats.newContact())
  },
  async isOver({ stage, sessionId, sent, paceBefore: before }) {
    const { day, sentToday } = await stage.stored.pace(sessionId)
    if (!before || day > before.day) return true
    return day === before.day && sentToday >= before.sentToday + sent.length - before.sent
  },
}

/** The scenarios of the queue. */
export const QUEUE: readonly Scenario[] = [laterRetry, paced, refused, overtaken, hopeless]
