// Actions on the phone that companions learn through the app state.
import { z } from 'zod'
import { SERVER } from '../stanzas.ts'
import type { World } from '../world.ts'
import type { CollectionName } from './app-state.ts'
import type { Mutation } from './mutations.ts'

const digits = z.string().regex(/^\d{5,15}$/, 'a phone is 5 to 15 digits, without +')
const chat = z
  .union([digits, z.string().regex(/^[\d-]+@g\.us$/)], 'a chat is the phone of a contact, or the JID of a group')
  .transform((one) => (one.includes('@') ? one : `${one}@${SERVER}`))

const labelId = z.string().regex(/^\d{1,9}$/, 'the id of a label is a number')

export const phoneChanges = z.strictObject({
  archive: z.strictObject({ chat, archived: z.boolean().default(true) }).optional(),
  pin: z.strictObject({ chat, pinned: z.boolean().default(true) }).optional(),
  /** `until` is in ms since 1970; without it the chat is unmuted. */
  mute: z.strictObject({ chat, until: z.number().int().positive().nullable() }).optional(),
  read: z.strictObject({ chat, read: z.boolean().default(true) }).optional(),
  star: z.strictObject({ chat, id: z.string().min(1), fromMe: z.boolean(), starred: z.boolean().default(true) }).optional(),
  deleteForMe: z.strictObject({ chat, id: z.string().min(1), fromMe: z.boolean() }).optional(),
  /** Without a name the contact leaves the address book. */
  contact: z.strictObject({ phone: digits, name: z.string().min(1).nullable() }).optional(),
  /** A label of WhatsApp Business. */
  label: z
    .strictObject({
      id: labelId,
      name: z.string().min(1),
      color: z.number().int().min(0).max(19),
      deleted: z.boolean().default(false),
    })
    .optional(),
  labelChat: z.strictObject({ label: labelId, chat, labeled: z.boolean().default(true) }).optional(),
  pushName: z.string().min(1).optional(),
  unarchiveChats: z.boolean().optional(),
  /** Puts the changes into files, as phones do with large ones. */
  external: z.boolean().default(false),
})

type PhoneChanges = z.infer<typeof phoneChanges>

type Change = { collection: CollectionName; mutation: Mutation }

const flag = (yes: boolean): string => (yes ? '1' : '0')

/** Collections, indexes and versions of WhatsApp's own clients. */
export const changesIn = (wanted: PhoneChanges, world: World): Change[] => {
  const timestamp = Date.now()
  const change = (
    collection: CollectionName,
    version: number,
    index: string[],
    value: Omit<Mutation['value'], 'timestamp'>,
    remove = false,
  ): Change => ({ collection, mutation: { remove, index, version, value: { ...value, timestamp } } })
  const { archive, pin, mute, read, star, deleteForMe, contact, label, labelChat, pushName, unarchiveChats } = wanted
  const found: Change[] = []
  if (archive) {
    const archiveChatAction = { archived: archive.archived }
    found.push(change('regular_low', 3, ['archive', archive.chat], { archiveChatAction }))
  }
  if (pin) found.push(change('regular_low', 5, ['pin_v1', pin.chat], { pinAction: { pinned: pin.pinned } }))
  if (mute) {
    const muteAction = mute.until === null ? { muted: false } : { muted: true, muteEndTimestamp: mute.until }
    found.push(change('regular_high', 2, ['mute', mute.chat], { muteAction }))
  }
  if (read) found.push(change('regular_low', 3, ['markChatAsRead', read.chat], { markChatAsReadAction: { read: read.read } }))
  if (star) {
    const index = ['star', star.chat, star.id, flag(star.fromMe), '0']
    found.push(change('regular_low', 2, index, { starAction: { starred: star.starred } }))
  }
  if (deleteForMe) {
    const index = ['deleteMessageForMe', deleteForMe.chat, deleteForMe.id, flag(deleteForMe.fromMe), '0']
    found.push(change('regular_high', 3, index, { deleteMessageForMeAction: { deleteMedia: false } }))
  }
  if (contact) {
    const { phone, name } = contact
    const lidJid = world.contacts.get(phone)?.lid ?? null
    const contactAction = name === null ? {} : { fullName: name, firstName: name, lidJid, saveOnPrimaryAddressbook: true }
    found.push(change('critical_unblock_low', 2, ['contact', `${phone}@${SERVER}`], { contactAction }, name === null))
  }
  if (label) {
    const { id, ...labelEditAction } = label
    found.push(change('regular', 3, ['label_edit', id], { labelEditAction }))
  }
  if (labelChat) {
    const labelAssociationAction = { labeled: labelChat.labeled }
    found.push(change('regular', 3, ['label_jid', labelChat.label, labelChat.chat], { labelAssociationAction }))
  }
  if (pushName) found.push(change('critical_block', 1, ['setting_pushName'], { pushNameSetting: { name: pushName } }))
  if (unarchiveChats !== undefined) {
    found.push(change('regular_low', 4, ['setting_unarchiveChats'], { unarchiveChatsSetting: { unarchiveChats } }))
  }
  return found
}
