import { getAllBinaryNodeChildren, getBinaryNodeChild, type BinaryNode, type WASocket } from '@whiskeysockets/baileys'
import type { CallChanged, Happening, PresenceChanged } from '../../happening.ts'
import { groupHappenings } from './group-happenings.ts'
import { nameOf, type Reader } from './reader.ts'

type Knowing = Pick<Reader, 'me' | 'names' | 'now'>

/** Reads what a stanza tells beside messages. Empty for a stanza that tells nothing of the kind. */
export function happeningsIn(stanza: BinaryNode, reader: Knowing): Happening[] {
  if (stanza.tag === 'notification') return groupHappenings(stanza, reader)
  if (stanza.tag === 'call') return callIn(stanza, reader)
  return presenceIn(stanza, reader)
}

const CALLS: Readonly<Record<string, CallChanged['type'] | undefined>> = {
  offer: 'call.received',
  offer_notice: 'call.received',
  accept: 'call.accepted',
  reject: 'call.rejected',
  terminate: 'call.ended',
}

function callIn(stanza: BinaryNode, reader: Knowing): Happening[] {
  const [child] = getAllBinaryNodeChildren(stanza)
  const type = child && CALLS[child.tag]
  const { 'call-id': call, 'call-creator': creator, caller_pn: phone, type: kind } = child?.attrs ?? {}
  if (!child || !type || call === undefined) return []
  const { name } = nameOf(reader.names, creator ?? stanza.attrs['from'] ?? '', phone)
  const isVideo = getBinaryNodeChild(child, 'video') !== undefined
  const isGroup = kind === 'group' || child.attrs['group-jid'] !== undefined
  return [{ type, ...timed(stanza, reader), call, from: name, isVideo, isGroup }]
}

function presenceIn(stanza: BinaryNode, reader: Knowing): Happening[] {
  const { from, participant = from, type, last } = stanza.attrs
  if (from === undefined || participant === undefined) return []
  const presence = presenceOf(stanza, type)
  if (!presence) return []
  const seen = Number(last)
  const [chat, person] = [nameOf(reader.names, from).name, nameOf(reader.names, participant).name]
  const lastSeen = last !== undefined && Number.isFinite(seen) ? seen : null
  return [{ type: 'presence.update', ...timed(stanza, reader), chat, participant: person, presence, lastSeen }]
}

function presenceOf({ tag, content }: BinaryNode, type: string | undefined): PresenceChanged['presence'] | null {
  if (tag === 'presence') return type === 'unavailable' ? 'offline' : 'online'
  const [state] = Array.isArray(content) ? content : []
  if (state?.tag === 'composing') return state.attrs['media'] === 'audio' ? 'recording' : 'typing'
  return state?.tag === 'paused' ? 'paused' : null
}

function timed({ attrs }: BinaryNode, { now }: Knowing): { id: string | null; atMs: number } {
  const seconds = Number(attrs['t'])
  return { id: attrs['id'] ?? null, atMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : now() }
}

/**
 * Listens to what the phone changes in the app state: archived chats, and labels. Baileys reads it and tells it once.
 *
 * @param isWhole true while the whole app state is told: what was changed once is no event
 */
export function watchAppState(
  ev: WASocket['ev'],
  reader: Knowing,
  onHappening: (happening: Happening) => void,
  isWhole: () => boolean,
): void {
  const now = () => ({ id: null, atMs: reader.now() })
  const nameIn = (jid: string): string => nameOf(reader.names, jid).name
  ev.on('chats.update', (chats) => {
    for (const { id, archived, readOnly } of chats) {
      // With each message Baileys says of its chat that it is neither in the archive nor read-only. The phone tells when that is news.
      if (id && typeof archived === 'boolean' && readOnly === undefined && !isWhole())
        onHappening({ type: 'chat.archive', ...now(), chat: nameIn(id), archived })
    }
  })
  ev.on('labels.edit', ({ id, name, color, deleted }) => {
    if (!isWhole()) onHappening({ type: deleted ? 'label.deleted' : 'label.upsert', ...now(), label: { id, name, color } })
  })
  ev.on('labels.association', ({ type, association }) => {
    const { chatId, labelId } = association
    const event = type === 'add' ? ('label.chat.added' as const) : ('label.chat.deleted' as const)
    if (!('messageId' in association) && !isWhole()) onHappening({ type: event, ...now(), label: labelId, chat: nameIn(chatId) })
  })
}
