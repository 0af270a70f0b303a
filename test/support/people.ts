import { expect } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import type { ContactState, PoisonOrder } from './simulator-client.ts'
import { type Chat, type EngineWorld, eventually } from './engine-world.ts'

/** The people on the other side of a chat: what they do, and what is seen of them. The world need not be there yet. */
export function peopleOf(world: () => EngineWorld) {
  /** Messages that nobody can read. */
  const poison: string[] = []
  /** Messages of ours that some device has no key for, as it should be. */
  const unreadable: string[] = []

  const contactOf = async (chat: Chat): Promise<ContactState> => {
    const { contacts } = await world().simulator.state()
    return contacts.find(({ phone }) => phone === chat.contact) as ContactState
  }

  /** Sends, and resolves when exactly these devices of the contact have read it. */
  async function reaches(chat: Chat, devices: number[], text: string): Promise<AcceptedMessage> {
    const job = await chat.send(text)
    await chat.untilStatus(job, 'delivered')
    await eventually(async () => {
      const read = (await contactOf(chat)).received.find(({ id }) => id === job.messageId)
      expect(read).toMatchObject({ text, devices })
    })
    return job
  }

  const stored = async (chat: Chat) =>
    (await world().api.storedMessages(chat.name)).map(({ id, chatId, from, body }) => ({ id, chatId, from, body }))

  const untilStored = async (chat: Chat, body: string) =>
    eventually(async () => {
      const found = (await stored(chat)).find((message) => message.body === body)
      expect(found).toBeDefined()
      return found
    })

  /** Both have been heard: from here on nothing but the ratchet tells one message from the next. */
  async function begin(chat: Chat): Promise<Chat> {
    await reaches(chat, [0], 'hello')
    await chat.receive('hello back')
    await untilStored(chat, 'hello back')
    return chat
  }

  const info = async (chat: Chat) => {
    const response = await world().sandbox.api(`/api/sessions/${chat.name}/info`)
    return (await response.json()) as { parkedStanzas: number; session: { records: Record<string, number> } }
  }

  async function spoil(chat: Chat, order: PoisonOrder): Promise<string> {
    const id = await world().simulator.poisonAsContact(chat.contact, chat.phone, order)
    poison.push(id)
    return id
  }

  /** The client has acknowledged a notification of this type. */
  const noticed = (chat: Chat, type: string, since = 0) =>
    world().happens(
      (event) =>
        event.type === 'frame' && event.phone === chat.phone && event['class'] === 'notification' && event['attrsType'] === type,
      since,
    )

  /** Ends the world. A stanza that nobody could read is refused as such, which is not the client's fault. */
  async function end(): Promise<void> {
    const { violations } = await world().simulator.state()
    await world()[Symbol.asyncDispose]()
    const excused: Record<string, string[]> = { nack: poison, undecryptable: unreadable }
    const isExcused = (kind: string, detail: string) => (excused[kind] ?? []).some((id) => detail.includes(id))
    expect(violations.filter(({ kind, detail }) => !isExcused(kind, detail))).toEqual([])
  }

  return { poison, unreadable, contactOf, reaches, stored, untilStored, begin, info, spoil, noticed, end }
}
