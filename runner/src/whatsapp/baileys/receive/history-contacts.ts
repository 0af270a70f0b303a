import { isLidUser, isPnUser, jidDecode, jidNormalizedUser, type LIDMapping, type proto } from '@whiskeysockets/baileys'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { STATE_KINDS, type StateKind } from '@holdfast/core/journal/state-kinds'
import { decodeValue, encodeValue } from '../signal/codec.ts'
import { nameOf, type Reader } from './reader.ts'

/** The contacts in the phone's history. */
export interface HistoryContacts {
  readonly lids: readonly LIDMapping[]
  readonly contacts: readonly { readonly id?: string | null; readonly notify?: string | null }[]
  /** Chats with the token that shows an earlier conversation. */
  readonly tokens: readonly Pick<proto.IConversation, 'id' | 'tcToken' | 'tcTokenTimestamp' | 'tcTokenSenderTimestamp'>[]
}

/** The id under which Baileys keeps a list of all tokens, in the shape of a token. */
const TOKEN_INDEX = '__index'

interface Token {
  readonly token: Uint8Array
  readonly timestamp?: string
  readonly senderTimestamp?: number
}

/** The changes of the state that store the contacts. Call it once the state has their LIDs. */
export const changesOf = (learned: HistoryContacts, image: StateImage, reader: Reader): KeyChanges => ({
  ...unlessEmpty('contact', contactsOf(learned, reader)),
  ...unlessEmpty('tctoken', tokensOf(learned, image, reader)),
})

/** The users of a mapping. Baileys may swap the two fields. Empty when it does not map a phone number to a LID. */
export function usersOf({ pn, lid }: LIDMapping): (readonly [phone: string, lid: string])[] {
  const [phone, other] = isPnUser(pn) ? [pn, lid] : [lid, pn]
  const [phoneUser, lidUser] = [jidDecode(phone)?.user, jidDecode(other)?.user]
  return isPnUser(phone) && isLidUser(other) && phoneUser && lidUser ? [[phoneUser, lidUser]] : []
}

const contactsOf = ({ contacts }: HistoryContacts, { names }: Reader): Record<string, string> =>
  Object.fromEntries(
    contacts.flatMap(({ id, notify }) =>
      id && notify ? [[nameOf(names, id).name, STATE_KINDS.contact.codec.encode({ notify })]] : [],
    ),
  )

/** Stores tokens as Baileys does when it reads history itself: under the LID, and the newer token wins. */
function tokensOf({ tokens }: HistoryContacts, image: StateImage, { names }: Reader): Record<string, string> {
  const changes: Record<string, string> = {}
  for (const { id, tcToken, tcTokenTimestamp, tcTokenSenderTimestamp } of tokens) {
    const timestamp = Number(tcTokenTimestamp ?? 0)
    if (!id || !tcToken?.length || timestamp <= 0) continue
    const jid = names.lidOf(jidNormalizedUser(id)) ?? jidNormalizedUser(id)
    const known = tokenAt(image, jid)
    if (Number(known?.timestamp ?? 0) >= timestamp) continue
    const senderTimestamp = tcTokenSenderTimestamp ? Number(tcTokenSenderTimestamp) : known?.senderTimestamp
    const token = { token: Buffer.from(tcToken), timestamp: String(timestamp) }
    changes[jid] = encodeValue('tctoken', { ...token, ...(senderTimestamp === undefined ? {} : { senderTimestamp }) })
  }
  const added = Object.keys(changes)
  if (added.length === 0) return {}
  const listed = tokenAt(image, TOKEN_INDEX)?.token
  const before = listed?.length ? (JSON.parse(Buffer.from(listed).toString()) as string[]) : []
  const index = Buffer.from(JSON.stringify([...new Set([...before, ...added])]))
  return { ...changes, [TOKEN_INDEX]: encodeValue('tctoken', { token: index }) }
}

function tokenAt(image: StateImage, jid: string): Token | null {
  const encoded = image.get('tctoken', jid)
  return encoded === undefined ? null : (decodeValue('tctoken', encoded) as Token)
}

const unlessEmpty = (kind: StateKind, changes: Record<string, string>): KeyChanges =>
  Object.keys(changes).length === 0 ? {} : { [kind]: changes }
