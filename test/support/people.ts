import { expect } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import type { ContactState, PoisonOrder } from './simulator-client.ts'
import { type Chat, type EngineWorld, eventually } from './engine-world.ts'

/** The acts of the contacts of a chat and their checks. The world may start after this call. */
export function peopleOf(world: () => EngineWorld) {
  /** The ids of messages that no client can read. */
  const poison: string[] = []
  /** The ids of own messages that some device rightly has no key for. */
  const unreadable: string[] = []

  const contactOf = async (chat: Chat): Promise<ContactState> => (await world().simulator.contact(chat.contact)) as ContactState

  /** Sends a text. Resolves when exactly these devices of the contact have read it. */
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

  /** Exchanges a message in each direction, so that later messages use an established Signal session. */
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

  /** Resolves when the client has acknowledged a notification of this type. */
  const noticed = (chat: Chat, type: string, since = 0) =>
    world().happens(
      (event) =>
        event.type === 'frame' && event.phone === chat.phone && event['class'] === 'notification' && event['attrsType'] === type,
      since,
    )

  /** Ends the world and checks its violations. It excuses the refusals of unreadable stanzas, which are correct. */
  async function end(): Promise<void> {
    const { violations } = await world().simulator.state()
    await world()[Symbol.asyncDispose]()
    const excused: Record<string, string[]> = { nack: poison, undecryptable: unreadable }
    const isExcused = (kind: string, detail: string) => (excused[kind] ?? []).some((id) => detail.includes(id))
    expect(violations.filter(({ kind, detail }) => !isExcused(kind, detail))).toEqual([])
  }

  return { poison, unreadable, contactOf, reaches, stored, untilStored, begin, info, spoil, noticed, end }
}
