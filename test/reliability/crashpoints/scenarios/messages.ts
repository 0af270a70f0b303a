import type { Chats } from '../chats.ts'
import type { Scenario } from '../scenario.ts'

const BACKLOG = 150

const messageOnOpenChat: Scenario = {
  name: 'message',
  about: 'messages',
  struck: 'working',
  act: async (chats) => void (await chats.send()),
}

const firstMessage: Scenario = {
  name: 'first-message',
  about: 'messages',
  struck: 'working',
  act: async (chats) => void (await chats.send(await chats.newContact())),
}

const receivedOnOpenChat: Scenario = {
  name: 'received',
  about: 'messages',
  struck: 'working',
  act: async (chats) => void (await chats.receive()),
}

const firstReceived: Scenario = {
  name: 'first-received',
  about: 'messages',
  struck: 'working',
  act: async (chats) => void (await chats.receive(await chats.newContact())),
}

/** Receives messages that arrived while no process ran. */
const backlog: Scenario = {
  name: 'backlog',
  about: 'messages',
  struck: 'next',
  meanwhile: (chats) => chats.receiveMany(BACKLOG),
}

const copiesOf = async ({ stage, contact }: Chats, id: string | undefined): Promise<number> => {
  const { contacts } = await stage.simulator.state()
  return contacts.find(({ phone }) => phone === contact)?.received.find((one) => one.id === id)?.copies ?? 0
}

/** Makes the contact request a message again that it has read, and lose its Signal sessions before the next one. */
const retryAnswered: Scenario = {
  name: 'retry-answered',
  about: 'messages',
  struck: 'working',
  async act(chats) {
    const read = chats.sent.findLast(({ contact }) => contact === chats.contact)
    chats.askedAgain = { id: read?.messageId ?? '', copies: await copiesOf(chats, read?.messageId) }
    await chats.stage.simulator.askAgain(chats.contact, chats.askedAgain.id)
    await chats.stage.simulator.forgetSessions(chats.contact)
    await chats.send()
  },
  isOver: async (chats) => (await copiesOf(chats, chats.askedAgain?.id)) > (chats.askedAgain?.copies ?? 0),
}

/** Receives a message that cannot be decrypted. The runner requests it again and gets it readable. */
const retryAsked: Scenario = {
  name: 'retry-asked',
  about: 'messages',
  struck: 'working',
  async act(chats) {
    const order = { kind: 'unknown-pre-key', retry: 'good', text: chats.nextText('received again') } as const
    chats.issued.push(await chats.stage.simulator.poisonAsContact(chats.contact, chats.phone, order))
  },
}

export const MESSAGES: readonly Scenario[] = [
  messageOnOpenChat,
  firstMessage,
  receivedOnOpenChat,
  firstReceived,
  retryAnswered,
  retryAsked,
  backlog,
]
