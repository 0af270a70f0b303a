import { createHash } from 'node:crypto'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { SimulatorClient } from '../../../support/simulator-client.ts'
import { type KindsChat, type KindsSession, lastFitting, type SentFile, type Theirs, type ToldChange } from './chat.ts'
import { drawSize } from './files.ts'

export interface Saying {
  readonly session: KindsSession
  readonly chat: KindsChat
  readonly contact: string
  readonly random: SeededRandom
  readonly simulator: SimulatorClient
  /** A text that nobody else says. */
  readonly text: string
}

/** What a contact said: a message, or the change of one. */
export type Said = { readonly message: Theirs } | { readonly change: ToldChange }

type Say = (saying: Saying) => Promise<Said | null>

const say = ({ simulator, contact, chat, session }: Saying, message: object, attrs: Record<string, string> = {}) =>
  simulator.sayAsContact(contact, { ...(chat.group === null ? { to: session.phone } : { group: chat.group }), message, attrs })

interface Kind {
  readonly id: string
  readonly kind: string
  readonly body: string | null
  readonly options?: readonly string[]
  readonly secret?: string
  readonly file?: SentFile
}

function theirs({ chat, contact }: Saying, { id, kind, body, options = [], secret, file }: Kind): Said {
  const author = chat.group === null ? '' : `_${contact}@c.us`
  return {
    message: {
      id,
      serialized: `false_${chat.chatId}_${id}${author}`,
      isMessage: true,
      kind,
      body,
      isRevoked: false,
      reactions: new Map(),
      options,
      file: file ?? null,
      contact,
      secret: secret ?? null,
    },
  }
}

const text: Say = async (saying) =>
  theirs(saying, { id: await say(saying, { conversation: saying.text }), kind: 'text', body: saying.text })

const place: Say = async (saying) => {
  const message = { locationMessage: { degreesLatitude: 1, degreesLongitude: 2, name: saying.text } }
  return theirs(saying, { id: await say(saying, message), kind: 'location', body: null })
}

const FILES = [
  { kind: 'image', mimetype: 'image/jpeg' },
  { kind: 'video', mimetype: 'video/mp4' },
  { kind: 'document', mimetype: 'application/pdf' },
] as const

const file: Say = async (saying) => {
  const { chat, contact, session, simulator, random } = saying
  if (chat.group !== null) return await text(saying)
  const { kind, mimetype } = random.pick(FILES)
  const json = { to: session.phone, kind, mimetype, size: drawSize(random), caption: saying.text }
  const { id, ...sent } = await simulator.sendFileAsContact(contact, json)
  return theirs(saying, { id, kind, body: saying.text, file: sent })
}

const poll: Say = async (saying) => {
  const options = ['Tea', 'Coffee']
  const secret = createHash('sha256').update(saying.text).digest('base64')
  const question = { name: saying.text, options: options.map((optionName) => ({ optionName })), selectableOptionsCount: 1 }
  const message = { messageContextInfo: { messageSecret: secret }, pollCreationMessageV3: question }
  return theirs(saying, { id: await say(saying, message, { type: 'poll' }), kind: 'poll', body: null, options, secret })
}

/** One of the contact's own messages, which it may change. */
const own = ({ chat, contact, random }: Saying, fits: (one: Theirs) => boolean): Theirs | null =>
  lastFitting(chat.theirs, (one) => one.contact === contact && fits(one), random.pick.bind(random))

const keyOf = ({ chat, session }: Saying, { id }: Theirs) => ({
  id,
  fromMe: true,
  remoteJid: chat.group ?? `${session.phone}@s.whatsapp.net`,
})

const edit: Say = async (saying) => {
  const target = own(saying, ({ kind }) => kind === 'text')
  if (!target) return null
  const change = { key: keyOf(saying, target), type: 'MESSAGE_EDIT', editedMessage: { conversation: saying.text } }
  const id = await say(saying, { editedMessage: { message: { protocolMessage: change } } }, { edit: '1' })
  target.body = saying.text
  return { change: { event: 'message.edited', id, about: target.id } }
}

const revoke: Say = async (saying) => {
  const target = own(saying, () => true)
  if (!target) return null
  const id = await say(saying, { protocolMessage: { key: keyOf(saying, target), type: 'REVOKE' } }, { edit: '7' })
  target.isRevoked = true
  return { change: { event: 'message.revoked', id, about: target.id } }
}

const reaction: Say = async (saying) => {
  const target = own(saying, () => true)
  if (!target) return null
  const emoji = saying.random.pick(['🎉', '🙏', ''])
  const id = await say(saying, { reactionMessage: { key: keyOf(saying, target), text: emoji } }, { type: 'reaction' })
  target.reactions.set(`${saying.contact}@c.us`, emoji)
  return { change: { event: 'message.reaction', id, about: target.id } }
}

const vote: Say = async (saying) => {
  const { chat, contact, session, simulator, random } = saying
  const asked = lastFitting(chat.theirs, ({ secret }) => secret !== null, random.pick.bind(random))
  if (!asked) return null
  const where = chat.group === null ? { to: session.phone } : { group: chat.group }
  const id = await simulator.voteAsContact(contact, {
    ...where,
    asked: { id: asked.id, author: asked.contact, secret: asked.secret ?? '' },
    options: [random.pick(asked.options)],
  })
  return { change: { event: 'poll.vote', id, about: asked.id } }
}

/** One that is listed twice is drawn twice as often. */
const SAYS: readonly Say[] = [text, text, text, place, file, file, file, poll, vote, edit, revoke, reaction, reaction]

/** Says something of a random kind as a contact. A change needs a message: without one it is a text. */
export async function sayAnything(saying: Saying): Promise<Said> {
  return (await saying.random.pick(SAYS)(saying)) ?? ((await text(saying)) as Said)
}
