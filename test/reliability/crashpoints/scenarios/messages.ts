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

/** It came while no process was there. */
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

/** The contact asks for a message that it has read, and has lost its sessions by the next one. */
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

/** What the contact sent cannot be read, and comes whole when it is asked for. */
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
