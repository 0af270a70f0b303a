import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { type KindsChat, type KindsSession, lastFitting, type Ours, type SentFile, type Theirs } from './chat.ts'
import { bytesOf } from '../../../support/file-host.ts'
import { drawSize, fileOf } from './files.ts'

/** What a session is to send, and what everybody has to see of it. */
export interface OutgoingDraft {
  readonly kind: string
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly json?: object
  readonly seen: Readonly<Record<string, unknown>>
  readonly body: string | null
  readonly isMessage?: boolean
  readonly options?: readonly string[]
  readonly file?: SentFile
  /** A message of somebody else that has to be stored before it can be referred to. */
  readonly needs?: Theirs
  /** What it does to the message that it is about, once it is accepted. */
  readonly changes?: () => void
}

interface Drawing {
  readonly session: KindsSession
  readonly chat: KindsChat
  readonly random: SeededRandom
  /** A text that nobody else says. */
  readonly text: string
  readonly seed: number
  /** Where the bytes of a file can be fetched. */
  readonly hosted: (seed: number, size: number) => string
}

type Draw = (drawing: Drawing) => OutgoingDraft | null

const EMOJI = ['👍', '❤', '😂', ''] as const

/** A larger file comes from its address, as a customer with large files does. */
const MOST_IN_BODY = 6 * 1024 * 1024

const post = (path: string, { session, chat }: Drawing, json: object): Pick<OutgoingDraft, 'method' | 'path' | 'json'> => ({
  method: 'POST',
  path: `/api/${path}`,
  json: { session: session.name, chatId: chat.chatId, ...json },
})

const text: Draw = (drawing) => ({
  kind: 'text',
  ...post('sendText', drawing, { text: drawing.text, ...(drawing.chat.group ? { mentions: ['all'] } : {}) }),
  seen: { kind: 'text', text: drawing.text },
  body: drawing.text,
})

const anyMessage = ({ chat, random }: Drawing): Ours | Theirs | null =>
  lastFitting<Ours | Theirs>(random.chance(0.5) ? chat.ours : chat.theirs, () => true, random.pick.bind(random))

const isTheirs = (one: Ours | Theirs): one is Theirs => 'contact' in one

const needed = (one: Ours | Theirs): { needs?: Theirs } => (isTheirs(one) ? { needs: one } : {})

const reply: Draw = (drawing) => {
  const asked = anyMessage(drawing)
  return (
    asked && {
      kind: 'reply',
      ...post('sendText', drawing, { text: drawing.text, reply_to: asked.serialized }),
      seen: { kind: 'text', text: drawing.text, quoted: { id: asked.id } },
      body: drawing.text,
      ...needed(asked),
    }
  )
}

const MEDIA = [
  { route: 'sendImage', mimetype: 'image/jpeg', captioned: true },
  { route: 'sendVideo', mimetype: 'video/mp4', captioned: true },
  { route: 'sendFile', mimetype: 'application/pdf', captioned: true },
  { route: 'sendVoice', mimetype: 'audio/ogg; codecs=opus', captioned: false },
] as const

const media: Draw = (drawing) => {
  const { random, seed } = drawing
  const { route, mimetype, captioned } = random.pick(MEDIA)
  const size = drawSize(random)
  const bytes = bytesOf(seed, size)
  const isHosted = size > MOST_IN_BODY || random.chance(0.3)
  const source = isHosted ? { url: drawing.hosted(seed, size) } : { data: bytes.toString('base64') }
  const file = { mimetype, filename: `${drawing.text}.bin`, ...source }
  return {
    kind: route,
    ...post(route, drawing, { file, ...(captioned ? { caption: drawing.text } : {}) }),
    seen: {},
    body: captioned ? drawing.text : null,
    file: fileOf(bytes),
  }
}

const place: Draw = (drawing) => ({
  kind: 'location',
  ...post('sendLocation', drawing, { latitude: 1, longitude: 2, title: drawing.text }),
  seen: { kind: 'location', text: drawing.text },
  body: null,
})

const card: Draw = (drawing) => ({
  kind: 'contacts',
  ...post('sendContactVcard', drawing, { contacts: [{ fullName: drawing.text, phoneNumber: '+55 11 1', vcard: null }] }),
  seen: { kind: 'contacts', text: drawing.text },
  body: null,
})

const poll: Draw = (drawing) => {
  const options = ['Yes', 'No', 'Later']
  return {
    kind: 'poll',
    ...post('sendPoll', drawing, { poll: { name: drawing.text, options, multipleAnswers: false } }),
    seen: { kind: 'poll', text: drawing.text },
    body: null,
    options,
  }
}

/** What becomes of another message. It has no place of its own in the lists. */
const changing = (
  kind: string,
  target: { readonly id: string },
  change: Pick<OutgoingDraft, 'method' | 'path' | 'json' | 'changes'> & { readonly seen?: Readonly<Record<string, unknown>> },
): OutgoingDraft => ({
  ...change,
  kind,
  seen: { kind, target: target.id, ...change.seen },
  body: null,
  isMessage: false,
})

const vote: Draw = (drawing) => {
  const asked = lastFitting<Ours | Theirs>(
    [...drawing.chat.theirs, ...drawing.chat.ours],
    ({ options }) => options.length > 0,
    (some) => drawing.random.pick(some),
  )
  if (!asked) return null
  const option = drawing.random.pick(asked.options)
  return {
    ...changing('poll-vote', asked, {
      ...post('sendPollVote', drawing, { pollMessageId: asked.serialized, votes: [option] }),
      seen: { text: option },
    }),
    ...needed(asked),
  }
}

const forward: Draw = (drawing) => {
  const source = lastFitting(
    drawing.chat.ours,
    ({ kind }) => kind === 'text' || kind.startsWith('send'),
    drawing.random.pick.bind(drawing.random),
  )
  return (
    source && {
      kind: 'forward',
      ...post('forwardMessage', drawing, { messageId: source.serialized }),
      seen: source.file ? {} : { kind: 'text' },
      body: null,
      ...(source.file ? { file: source.file } : {}),
    }
  )
}

const pathOf = ({ session, chat }: Drawing, { serialized }: { serialized: string }): string =>
  `/api/${session.name}/chats/${encodeURIComponent(chat.chatId)}/messages/${encodeURIComponent(serialized)}`

const reaction: Draw = (drawing) => {
  const target = anyMessage(drawing)
  if (!target) return null
  const emoji = drawing.random.pick(EMOJI)
  return changing('reaction', target, {
    method: 'PUT',
    path: '/api/reaction',
    json: { session: drawing.session.name, messageId: target.serialized, reaction: emoji },
    seen: { text: emoji },
    changes: () => void target.reactions.set(`${drawing.session.phone}@c.us`, emoji),
  })
}

const ownText = ({ chat, random }: Drawing): Ours | null =>
  lastFitting(chat.ours, ({ kind }) => kind === 'text', random.pick.bind(random))

const edit: Draw = (drawing) => {
  const target = ownText(drawing)
  return (
    target &&
    changing('edit', target, {
      method: 'PUT',
      path: pathOf(drawing, target),
      json: { text: drawing.text },
      seen: { text: drawing.text },
      changes: () => void (target.body = drawing.text),
    })
  )
}

const remove: Draw = (drawing) => {
  const target = ownText(drawing)
  return (
    target &&
    changing('delete', target, {
      method: 'DELETE',
      path: pathOf(drawing, target),
      changes: () => void (target.isRevoked = true),
    })
  )
}

const pin: Draw = (drawing) => {
  const target = lastFitting(drawing.chat.ours, () => true, drawing.random.pick.bind(drawing.random))
  return target && changing('pin', target, { method: 'POST', path: `${pathOf(drawing, target)}/pin`, json: { duration: 86_400 } })
}

/** One that is listed twice is drawn twice as often. */
const DRAWS: readonly Draw[] = [
  text,
  text,
  text,
  reply,
  media,
  media,
  media,
  place,
  card,
  poll,
  vote,
  forward,
  reaction,
  reaction,
  edit,
  remove,
  pin,
]

/** Draws what a session says next in a chat. A change needs a message: without one it is a text. */
export const drawOutgoing = (drawing: Drawing): OutgoingDraft =>
  drawing.random.pick(DRAWS)(drawing) ?? (text(drawing) as OutgoingDraft)
