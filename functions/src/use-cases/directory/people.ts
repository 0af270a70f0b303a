import { chatIdOf, isLid } from '@holdfast/core/message/chat-id'
import type { Principal } from '../../app/principal.ts'
import { askOwner, type AskingOwners } from '../ask-owner.ts'
import { Refusal } from '../refusal.ts'
import { CHATS, CONVERSATIONS, GROUPS, jidOf, personOf } from './named-chats.ts'

interface OfContact {
  readonly session: string
  readonly contact: string
}

export async function aboutOf(dependencies: AskingOwners, principal: Principal, { session, contact }: OfContact) {
  return askOwner(dependencies, principal, { session, kind: 'about', args: { contact: personOf(contact) } })
}

/** Returns the address of the picture of a person, group or channel. It is WhatsApp's, which ends after some days. */
export async function pictureOf(
  dependencies: AskingOwners,
  principal: Principal,
  { session, chat }: { session: string; chat: string },
): Promise<string | null> {
  const args = { chat: jidOf(/^\d{5,20}$/.test(chat) ? `${chat}@c.us` : chat, CHATS) }
  return (await askOwner(dependencies, principal, { session, kind: 'picture', args })).url
}

export async function blockContact(
  dependencies: AskingOwners,
  principal: Principal,
  { session, contact, isBlocked }: OfContact & { isBlocked: boolean },
): Promise<void> {
  await askOwner(dependencies, principal, { session, kind: 'block', args: { contact: personOf(contact), isBlocked } })
}

export async function saveContact(
  dependencies: AskingOwners,
  principal: Principal,
  { session, contact, firstName, lastName }: OfContact & { firstName: string; lastName: string },
): Promise<void> {
  const args = { contact: personOf(contact), firstName, lastName }
  await askOwner(dependencies, principal, { session, kind: 'save-contact', args })
}

/** A LID and the phone number of the same person; the unknown one is null. */
export interface LidPair {
  readonly lid: string | null
  readonly pn: string | null
}

export async function lidPairOf(
  dependencies: AskingOwners,
  principal: Principal,
  { session, of }: { session: string; of: string },
): Promise<LidPair> {
  const jid = personOf(of)
  const { pairs } = await askOwner(dependencies, principal, { session, kind: 'lids', args: { of: jid, limit: 1, offset: 0 } })
  const [pair] = pairs
  if (pair) return { lid: pair.lid, pn: chatIdOf(pair.phone) }
  return isLid(jid) ? { lid: jid, pn: null } : { lid: null, pn: chatIdOf(jid) }
}

export async function listLids(
  dependencies: AskingOwners,
  principal: Principal,
  { session, limit, offset }: { session: string; limit: number; offset: number },
): Promise<{ readonly count: number; readonly pairs: readonly LidPair[] }> {
  const { count, pairs } = await askOwner(dependencies, principal, { session, kind: 'lids', args: { of: null, limit, offset } })
  return { count, pairs: pairs.map(({ lid, phone }) => ({ lid, pn: chatIdOf(phone) })) }
}

export async function showProfile(dependencies: AskingOwners, principal: Principal, session: string) {
  const { id, name, picture } = await askOwner(dependencies, principal, { session, kind: 'profile', args: {} })
  return { id: chatIdOf(id), name, picture }
}

export async function changeProfile(
  dependencies: AskingOwners,
  principal: Principal,
  { session, ...args }: { session: string; name?: string; about?: string },
): Promise<void> {
  await askOwner(dependencies, principal, { session, kind: 'change-profile', args })
}

/** The picture as a client sends it. */
export interface PictureFile {
  readonly data?: string | null | undefined
  readonly url?: string | null | undefined
}

/**
 * Sets or removes the picture of the account, or of a group.
 *
 * @throws Refusal `not-possible` for anything but a JPEG: nothing here converts pictures
 */
export async function changePicture(
  dependencies: AskingOwners,
  principal: Principal,
  { session, group, file }: { session: string; group: string | null; file: PictureFile | null },
): Promise<void> {
  const chat = group === null ? null : jidOf(group, GROUPS)
  const { data, url } = file ?? {}
  const args = url && !data ? { chat, jpeg: null, url } : { chat, jpeg: file && jpegIn(file) }
  await askOwner(dependencies, principal, { session, kind: 'change-picture', args })
}

/** The document of a question has room for this much. */
const MOST_PICTURE_BYTES = 500 * 1024

function jpegIn({ data }: PictureFile): string {
  const bytes = Buffer.from((data ?? '').replace(/^data:[^,]*,/, ''), 'base64')
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
  if (!isJpeg)
    throw new Refusal(
      'not-possible',
      'Send a JPEG, best 640 by 640 pixels: its bytes in base64 as `data`, or its address as `url`.',
    )
  if (bytes.length > MOST_PICTURE_BYTES) throw new Refusal('not-possible', 'The picture may have at most 500 KiB.')
  return bytes.toString('base64')
}

export type PresenceWord = 'online' | 'offline' | 'typing' | 'recording' | 'paused'

const PRESENCES = {
  online: 'available',
  offline: 'unavailable',
  typing: 'composing',
  recording: 'recording',
  paused: 'paused',
} as const

/** Shows a presence, at most once: nothing repeats it when WhatsApp is away. */
export async function showPresence(
  dependencies: AskingOwners,
  principal: Principal,
  { session, presence, chatId }: { session: string; presence: PresenceWord; chatId: string | null },
): Promise<void> {
  const isOfChat = presence !== 'online' && presence !== 'offline'
  const chat = isOfChat ? jidOf(chatId ?? '', CONVERSATIONS) : null
  await askOwner(dependencies, principal, { session, kind: 'presence', args: { presence: PRESENCES[presence], chat } })
}

export async function subscribePresence(
  dependencies: AskingOwners,
  principal: Principal,
  { session, chat }: { session: string; chat: string },
): Promise<void> {
  await askOwner(dependencies, principal, { session, kind: 'subscribe-presence', args: { chat: jidOf(chat, CONVERSATIONS) } })
}

const WORDS: Readonly<Record<string, string>> = { available: 'online', unavailable: 'offline', composing: 'typing' }

/** What was heard of presences since the session connected, in one chat or in all. */
export async function listPresences(
  dependencies: AskingOwners,
  principal: Principal,
  { session, chat }: { session: string; chat: string | null },
) {
  const args = { chat: chat === null ? null : jidOf(chat, CONVERSATIONS) }
  const { presences } = await askOwner(dependencies, principal, { session, kind: 'presences', args })
  return presences.map(({ chat: id, participants }) => ({
    id: chatIdOf(id),
    presences: participants.map(({ id: participant, presence, lastSeen }) => ({
      participant: chatIdOf(participant),
      lastKnownPresence: WORDS[presence] ?? presence,
      lastSeen,
    })),
  }))
}

/** Rejects a call that rings. */
export async function rejectCall(
  dependencies: AskingOwners,
  principal: Principal,
  { session, from, call }: { session: string; from: string; call: string },
): Promise<void> {
  await askOwner(dependencies, principal, { session, kind: 'reject-call', args: { call, from: personOf(from) } })
}
