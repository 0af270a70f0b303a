import type { proto } from '@whiskeysockets/baileys'
import type { MessageFacts } from '@holdfast/core/message/message-facts'
import { mediaFacts, numberOf } from './media-facts.ts'

/** What a person reads of a message: our word for its kind, its text, and the facts beside it. People are as the message names them. */
export interface Read {
  readonly type: string
  readonly text: string | null
  readonly facts: MessageFacts
}

type Content = proto.IMessage

/** The part of a message that has a context, and perhaps a text. */
type Part = { contextInfo?: proto.IContextInfo | null }

/** Reads one kind of content. Null when the message is of another kind. */
type Reading = (content: Content) => (Read & { readonly part: Part | null }) | null

const textOf = (text: string | null | undefined): string | null => (text === undefined || text === '' ? null : text)

const orNull = <T>(value: T | null | undefined): T | null => value ?? null

const POLLS = ['pollCreationMessage', 'pollCreationMessageV2', 'pollCreationMessageV3', 'pollCreationMessageV5'] as const

/** Returns the poll that a message asks, whichever version its sender speaks. */
export function pollIn(content: Content): proto.Message.IPollCreationMessage | null {
  for (const name of POLLS) {
    const poll = content[name]
    if (poll) return poll
  }
  return null
}

const texts: Reading = ({ conversation, extendedTextMessage: extended }) => {
  if (extended) return { type: 'text', text: extended.text ?? null, facts: {}, part: extended }
  return conversation === null || conversation === undefined ? null : { type: 'text', text: conversation, facts: {}, part: null }
}

const pictures: Reading = ({ imageMessage: image, stickerMessage: sticker }) => {
  if (image) return { type: 'image', text: textOf(image.caption), facts: { media: mediaFacts(image) }, part: image }
  if (!sticker) return null
  const media = mediaFacts(sticker, sticker.isAnimated ? 'animated' : undefined)
  return { type: 'sticker', text: null, facts: { media }, part: sticker }
}

const videos: Reading = ({ videoMessage, ptvMessage: note }) => {
  const video = videoMessage ?? note
  if (!video) return null
  const form = note ? 'note' : video.gifPlayback ? 'animated' : undefined
  return { type: 'video', text: textOf(video.caption), facts: { media: mediaFacts(video, form) }, part: video }
}

const sounds: Reading = ({ audioMessage: audio }) =>
  audio ? { type: 'audio', text: null, facts: { media: mediaFacts(audio, audio.ptt ? 'voice' : undefined) }, part: audio } : null

const documents: Reading = ({ documentMessage: document }) => {
  if (!document) return null
  const filename = document.fileName ?? document.title ?? null
  return {
    type: 'document',
    text: textOf(document.caption),
    facts: { media: { ...mediaFacts(document), filename } },
    part: document,
  }
}

const places: Reading = ({ locationMessage: place, liveLocationMessage: live }) => {
  const at = place ?? live
  if (!at) return null
  const location = {
    latitude: at.degreesLatitude ?? 0,
    longitude: at.degreesLongitude ?? 0,
    name: textOf(place?.name),
    address: textOf(place?.address),
    url: textOf(place?.url),
    live: place ? place.isLive === true : true,
  }
  return { type: 'location', text: textOf(live?.caption ?? place?.comment), facts: { location }, part: at }
}

const contacts: Reading = ({ contactMessage: one, contactsArrayMessage: several }) => {
  if (one) return { type: 'contact', text: null, facts: { vCards: cardsOf([one]) }, part: one }
  return several ? { type: 'contacts', text: null, facts: { vCards: cardsOf(several.contacts ?? []) }, part: several } : null
}

const cardsOf = (listed: readonly proto.Message.IContactMessage[]): string[] => listed.flatMap(({ vcard }) => vcard ?? [])

const polls: Reading = (content) => {
  const poll = pollIn(content)
  if (!poll) return null
  const options = (poll.options ?? []).map(({ optionName }) => optionName ?? '')
  const facts = { poll: { name: poll.name ?? '', options, multipleAnswers: poll.selectableOptionsCount !== 1 } }
  return { type: 'poll', text: textOf(poll.name), facts, part: poll }
}

const events: Reading = ({ eventMessage: event }) => {
  if (!event) return null
  const location = textOf(event.location?.name ?? event.location?.address)
  const facts = {
    event: {
      name: event.name ?? '',
      description: textOf(event.description),
      startTime: numberOf(event.startTime),
      endTime: numberOf(event.endTime),
      location,
      isCanceled: event.isCanceled === true,
    },
  }
  return { type: 'event', text: textOf(event.name), facts, part: event }
}

const lists: Reading = ({ listMessage: list }) => {
  if (!list) return null
  const rows = (list.sections ?? []).flatMap(({ rows: some }) =>
    (some ?? []).map(({ rowId, title, description }) => ({
      id: rowId ?? '',
      title: title ?? '',
      description: textOf(description),
    })),
  )
  const facts = { list: { title: textOf(list.title), button: textOf(list.buttonText), footer: textOf(list.footerText), rows } }
  return { type: 'list', text: textOf(list.description ?? list.title), facts, part: list }
}

/** Messages of businesses with buttons below them. */
const buttons: Reading = ({ buttonsMessage: plain, templateMessage: template, interactiveMessage: interactive }) => {
  if (plain) {
    const rows = (plain.buttons ?? []).map(({ buttonId, buttonText }) => rowOf(buttonId, buttonText?.displayText))
    const facts = { list: { title: textOf(plain.text), button: null, footer: textOf(plain.footerText), rows } }
    return { type: 'buttons', text: textOf(plain.contentText), facts, part: plain }
  }
  if (interactive) {
    const flow = interactive.nativeFlowMessage?.buttons ?? []
    const rows = flow.map(({ name, buttonParamsJson }) => rowOf(name, labelIn(buttonParamsJson)))
    const facts = {
      list: { title: textOf(interactive.header?.title), button: null, footer: textOf(interactive.footer?.text), rows },
    }
    return { type: 'buttons', text: textOf(interactive.body?.text), facts, part: interactive }
  }
  if (!template) return null
  const filled = template.hydratedTemplate ?? template.hydratedFourRowTemplate
  const rows = (filled?.hydratedButtons ?? []).map(({ quickReplyButton: reply, urlButton: url, callButton: call }) =>
    rowOf(reply?.id ?? url?.url ?? call?.phoneNumber, reply?.displayText ?? url?.displayText ?? call?.displayText),
  )
  const facts = {
    list: { title: textOf(filled?.hydratedTitleText), button: null, footer: textOf(filled?.hydratedFooterText), rows },
  }
  const text = textOf(filled?.hydratedContentText ?? template.interactiveMessageTemplate?.body?.text)
  return { type: 'buttons', text, facts, part: template }
}

const rowOf = (id: string | null | undefined, title: string | null | undefined) => ({
  id: id ?? '',
  title: title ?? '',
  description: null,
})

const choices: Reading = (content) => {
  const { listResponseMessage: row, buttonsResponseMessage: button, templateButtonReplyMessage: reply } = content
  const { interactiveResponseMessage: flow } = content
  if (row) return choice(row, row.singleSelectReply?.selectedRowId, row.title)
  if (button) return choice(button, button.selectedButtonId, button.selectedDisplayText)
  if (reply) return choice(reply, reply.selectedId, reply.selectedDisplayText)
  if (!flow) return null
  const answer = flow.nativeFlowResponseMessage
  return choice(flow, idIn(answer?.paramsJson) ?? answer?.name, flow.body?.text)
}

function choice(part: Part, id: string | null | undefined, text: string | null | undefined) {
  return { type: 'choice', text: textOf(text), facts: { choice: { id: id ?? '', text: text ?? '' } }, part }
}

const invites: Reading = ({ groupInviteMessage: invite }) =>
  invite ? { type: 'group-invite', text: textOf(invite.caption ?? invite.groupName), facts: {}, part: invite } : null

/** Announces the pictures that follow it. */
const albums: Reading = ({ albumMessage: album }) => {
  if (!album) return null
  const facts = { album: { images: album.expectedImageCount ?? 0, videos: album.expectedVideoCount ?? 0 } }
  return { type: 'album', text: null, facts, part: album }
}

const READINGS: readonly Reading[] = [
  texts,
  pictures,
  videos,
  sounds,
  documents,
  places,
  contacts,
  polls,
  events,
  lists,
  buttons,
  choices,
  invites,
  albums,
]

/** Reads a message without its wrappings. Null for a kind that is not known here. */
export function readContent(content: Content): (Read & { readonly context: proto.IContextInfo | null }) | null {
  for (const reading of READINGS) {
    const read = reading(content)
    if (read) return { type: read.type, text: read.text, facts: read.facts, context: orNull(read.part?.contextInfo) }
  }
  return null
}

const labelIn = (json: string | null | undefined): string | null => stringIn(json, 'display_text')

const idIn = (json: string | null | undefined): string | null => stringIn(json, 'id')

/** A field of JSON that a stranger wrote. */
function stringIn(json: string | null | undefined, name: string): string | null {
  try {
    const value: unknown = (JSON.parse(json ?? '') as Record<string, unknown> | null)?.[name]
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}
