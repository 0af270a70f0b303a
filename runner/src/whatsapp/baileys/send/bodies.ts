import { randomBytes } from 'node:crypto'
import { proto } from '@whiskeysockets/baileys'
import type { ContentOf } from '@holdfast/core/message/content'
import type { PreparedPreview } from '../../port.ts'

/** Functions that make the body of a message from its content. */

type Context = { contextInfo?: proto.IContextInfo }

/** Polls and events carry a secret: votes and answers are sealed with it. */
const newSecret = (): proto.IMessageContextInfo => ({ messageSecret: randomBytes(32) })

export function textBody(text: string, preview: PreparedPreview | null, context: Context): proto.IMessage {
  return { extendedTextMessage: { text, ...(preview ? previewFields(preview) : {}), ...context } }
}

function previewFields({ url, title, description, thumbnail }: PreparedPreview): proto.Message.IExtendedTextMessage {
  return {
    matchedText: url,
    previewType: proto.Message.ExtendedTextMessage.PreviewType.NONE,
    ...(title === null ? {} : { title }),
    ...(description === null ? {} : { description }),
    ...(thumbnail ? { jpegThumbnail: thumbnail } : {}),
  }
}

export function contactsBody({ contacts }: ContentOf<'contacts'>, context: Context): proto.IMessage {
  const cards = contacts.map(({ name, vcard }) => ({ displayName: name, vcard }))
  const [only, ...others] = cards
  if (only && others.length === 0) return { contactMessage: { ...only, ...context } }
  return { contactsArrayMessage: { displayName: `${cards.length} contacts`, contacts: cards, ...context } }
}

/** A poll with one answer is another kind of message than one with several. */
export function pollBody({ name, options, multipleAnswers }: ContentOf<'poll'>, context: Context): proto.IMessage {
  const selectableOptionsCount = multipleAnswers ? 0 : 1
  const poll = { name, options: options.map((optionName) => ({ optionName })), selectableOptionsCount, ...context }
  const messageContextInfo = newSecret()
  return multipleAnswers ? { pollCreationMessage: poll, messageContextInfo } : { pollCreationMessageV3: poll, messageContextInfo }
}

export function listBody({ title, description, footer, button, sections }: ContentOf<'list'>, context: Context): proto.IMessage {
  return {
    listMessage: {
      title,
      ...(description === null ? {} : { description }),
      ...(footer === null ? {} : { footerText: footer }),
      buttonText: button,
      listType: proto.Message.ListMessage.ListType.SINGLE_SELECT,
      sections: sections.map((section) => ({
        title: section.title,
        rows: section.rows.map((row) => ({
          rowId: row.id,
          title: row.title,
          ...(row.description === null ? {} : { description: row.description }),
        })),
      })),
      ...context,
    },
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

export function eventBody(content: ContentOf<'event'>, context: Context): proto.IMessage {
  const { name, description, startMs, endMs, location, extraGuestsAllowed } = content
  return {
    eventMessage: {
      name,
      ...(description === null ? {} : { description }),
      startTime: seconds(startMs),
      ...(endMs === null ? {} : { endTime: seconds(endMs) }),
      ...(location === null ? {} : { location: { name: location } }),
      isCanceled: false,
      isScheduleCall: false,
      extraGuestsAllowed,
      ...context,
    },
    messageContextInfo: newSecret(),
  }
}

const WHITE_ARGB = 0xffffffff
const DEFAULT_BACKGROUND = '#1f7a5c'

export function statusBody({ text, backgroundColor, font }: ContentOf<'status-text'>): proto.IMessage {
  const backgroundArgb = opaque(backgroundColor ?? DEFAULT_BACKGROUND)
  const status = { text, backgroundArgb, textArgb: WHITE_ARGB, ...(font === null ? {} : { font }) }
  return { extendedTextMessage: proto.Message.ExtendedTextMessage.fromObject(status) }
}

/** `#rrggbb` as a number, with full opacity. */
const opaque = (color: string): number => 0xff000000 + Number.parseInt(color.slice(1), 16)
