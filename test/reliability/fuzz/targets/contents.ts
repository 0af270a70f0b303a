import { isDeepStrictEqual } from 'node:util'
import { type BinaryNode, proto } from '@whiskeysockets/baileys'
import { type ContentType, type MessageContent, messageContentSchema, textOfContent } from '@holdfast/core/message/content'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { composeMessage } from '../../../../runner/src/whatsapp/baileys/send/compose.ts'
import { stanzaPartsOf } from '../../../../runner/src/whatsapp/baileys/send/stanza-parts.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { mutateBytes, mutateValue } from '../mutations.ts'
import { described, type Target } from '../target.ts'

const ANA = '5511900000002@s.whatsapp.net'
const GROUP = '120363000000000001@g.us'
const LID = '200000000000002@lid'

const target = { messageId: 'M0', chat: ANA, participant: null, fromMe: true }
const replyTo = { messageId: 'M0', chat: GROUP, participant: LID, fromMe: false }
const media = {
  media: { source: { kind: 'url', url: 'https://example.com/a' }, mimetype: 'image/jpeg', filename: 'a' },
  caption: 'A caption',
  replyTo,
} as const

/** One content of each kind. The compiler asks for the next one. */
const CONTENTS: { readonly [Type in ContentType]: Extract<MessageContent, { type: Type }> } = {
  text: { type: 'text', text: 'Hello', mentions: ['all', ANA], preview: { kind: 'fetched' }, replyTo },
  image: { type: 'image', ...media },
  video: { type: 'video', ...media, isNote: true },
  voice: { type: 'voice', ...media, converts: true },
  document: { type: 'document', ...media },
  sticker: { type: 'sticker', ...media },
  location: { type: 'location', latitude: 1, longitude: 2, title: 'Here', address: null, replyTo },
  contacts: { type: 'contacts', contacts: [{ name: 'Ana', vcard: 'BEGIN:VCARD\nEND:VCARD' }], replyTo },
  poll: { type: 'poll', name: 'When?', options: ['Yes', 'No'], multipleAnswers: false, replyTo },
  'poll-vote': { type: 'poll-vote', poll: target, options: ['Yes'] },
  list: {
    type: 'list',
    title: 'Menu',
    description: null,
    footer: 'Foot',
    button: 'Open',
    sections: [{ title: 'Food', rows: [{ id: 'rice', title: 'Rice', description: null }] }],
    replyTo,
  },
  event: {
    type: 'event',
    name: 'Party',
    description: null,
    startMs: 1_900_000_000_000,
    endMs: null,
    location: 'Here',
    extraGuestsAllowed: true,
    replyTo,
  },
  reaction: { type: 'reaction', target, text: '👍' },
  edit: { type: 'edit', target, text: 'Better', mentions: [ANA], preview: { kind: 'fetched' } },
  delete: { type: 'delete', target },
  forward: { type: 'forward', source: replyTo },
  star: { type: 'star', target, isStarred: true },
  pin: { type: 'pin', target, durationSeconds: 86_400 },
  'status-text': { type: 'status-text', text: 'Open', backgroundColor: '#38b42f', font: 1, audience: [ANA] },
}

/** The chat that gets a content which not every chat gets. */
const CHATS: Readonly<Partial<Record<ContentType, string>>> = { 'status-text': 'status@broadcast' }

const SECRET = { messageSecret: Buffer.alloc(32, 5) }

/** What people may have sent that is quoted, forwarded or voted in. */
const STORED: readonly Uint8Array[] = [
  { conversation: 'Hello' },
  { extendedTextMessage: { text: 'Hello', contextInfo: { forwardingScore: 2, quotedMessage: { conversation: 'Before' } } } },
  {
    messageContextInfo: SECRET,
    pollCreationMessageV3: { name: 'When?', options: [{ optionName: 'Yes' }], selectableOptionsCount: 1 },
  },
  { documentWithCaptionMessage: { message: { documentMessage: { mimetype: 'application/pdf', caption: 'A bill' } } } },
  { ephemeralMessage: { message: { imageMessage: { mimetype: 'image/jpeg', mediaKey: Buffer.alloc(32) } } } },
  { viewOnceMessageV2: { message: { videoMessage: { mimetype: 'video/mp4' } } } },
].map((message: proto.IMessage) => proto.Message.encode(message).finish())

const UPLOAD: UploadedMedia = {
  directPath: '/v/a',
  url: null,
  mediaKey: Buffer.alloc(32).toString('base64'),
  fileSha256: Buffer.alloc(32).toString('base64'),
  fileEncSha256: Buffer.alloc(32).toString('base64'),
  bytes: 5,
  mimetype: 'image/jpeg',
  seconds: 1,
  size: { width: 1, height: 1 },
  atMs: 0,
}

/** Makes messages of mutated contents, about mutated messages of other people. */
const contents: Target = {
  name: 'contents',
  promise: 'every stored content becomes a message that can be read, or is refused for good',
  async open() {
    acceptUnchanged()
    return {
      async attempt(random) {
        const content = messageContentSchema.safeParse(mutateValue(random, random.pick(Object.values(CONTENTS))))
        if (!content.success) return null
        return faultOf(content.data, { chat: random.pick([ANA, GROUP, LID, 'status@broadcast']), stored: storedIn(random) })
      },
    }
  },
}

/** @throws Error when a content that nobody has changed is not composed: whatever is made of it would prove nothing */
function acceptUnchanged(): void {
  for (const content of Object.values(CONTENTS)) {
    const { type } = content
    if (!isDeepStrictEqual(messageContentSchema.parse(content), content)) throw new Error(`The schema changes the ${type}.`)
    const stored = STORED.map((one) => faultOf(content, { chat: CHATS[type] ?? GROUP, stored: one, isWhole: true }))
    if (!stored.includes(null)) throw new Error(`The unchanged ${type} is not composed: ${[...new Set(stored)].join('; ')}`)
  }
}

/** A message that somebody sent, if it can be read at all: nothing else is stored. */
function storedIn(random: SeededRandom): Uint8Array | null {
  const bytes = random.chance(0.6) ? mutateBytes(random, random.pick(STORED)) : random.pick(STORED)
  try {
    proto.Message.decode(bytes)
    return bytes
  } catch {
    return null
  }
}

/** @param isWhole whether a refusal is a fault as well */
function faultOf(
  content: MessageContent,
  { chat, stored, isWhole = false }: { chat: string; stored: Uint8Array | null; isWhole?: boolean },
): string | null {
  try {
    const message = composeMessage({
      chat,
      content,
      messageId: 'M1',
      quoted: stored,
      source: stored,
      preview: null,
      disappearsAfter: 86_400,
      upload: UPLOAD,
      me: { id: '5511900000001:7@s.whatsapp.net', lid: '100000000000001:7@lid' },
      members: [ANA, LID],
      nowMs: 1_790_000_000_000,
    })
    const parts: { additionalNodes?: BinaryNode[] } = stanzaPartsOf(proto.Message.decode(message))
    const text = textOfContent(content)
    return parts.additionalNodes?.length === 0 || text === undefined ? 'a message without its parts' : null
  } catch (error) {
    return isHoldfastError(error, 'cannot-compose') && !isWhole ? null : `a ${content.type} threw ${described(error)}`
  }
}

export const CONTENT_TARGETS: readonly Target[] = [contents]
