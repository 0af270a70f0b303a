import type { Chats } from '../chats.ts'
import type { Scenario } from '../scenario.ts'

/** Texts that quote the last message of each side. Their owner looks both up before it composes them. */
const quotes: Scenario = {
  name: 'quote',
  struck: 'working',
  diedAt: ['query job by sessionId, messageId', 'query message by messageId'],
  async prepare(chats) {
    chats.quoted = { theirs: chats.issued.at(-1) ?? '', ours: lastToContact(chats).messageId }
  },
  async act(chats) {
    await chats.quote({ id: chats.quoted.theirs, fromMe: false })
    await chats.quote({ id: chats.quoted.ours, fromMe: true })
  },
}

const lastToContact = ({ sent, contact }: Chats) => {
  const last = sent.findLast((one) => one.contact === contact && !one.text.startsWith('pin '))
  if (!last) throw new Error('There is no message to refer to.')
  return last
}

/** A message is pinned for all, which is a message of its own. */
const pin: Scenario = {
  name: 'pin',
  struck: 'working',
  diedAt: ['commit data record with waiting job: processing', 'frame in ack of message', 'frame out message'],
  act: (chats) => chats.pin(lastToContact(chats)),
}

/** A message is starred for the phone and its companions, which no message tells: the app state does. */
const star: Scenario = {
  name: 'star',
  struck: 'working',
  diedAt: [
    'commit data record with job',
    'commit data record with waiting job: processing',
    'frame in iq result sync',
    'frame out iq set w:sync:app:state sync',
  ],
  act: (chats) => chats.star(lastToContact(chats)),
  isOver: areStarred,
}

async function areStarred({ stage, phone, starred }: Chats): Promise<boolean> {
  for (const { jobId } of starred) if ((await stage.stored.jobStatus(jobId)) !== 'sent') return false
  const { collections } = await stage.simulator.appState(phone)
  const entries = Object.values(collections).flatMap((collection) => collection.entries)
  return starred.every(({ messageId }) => {
    const found = entries.filter(({ index: [action, , id] }) => action === 'star' && id === messageId)
    return found.length === 1 && (found[0]?.value['starAction'] as { starred?: boolean } | undefined)?.starred === true
  })
}

/** The scenarios of messages that are about other ones. */
export const REFERENCES: readonly Scenario[] = [quotes, pin, star]
