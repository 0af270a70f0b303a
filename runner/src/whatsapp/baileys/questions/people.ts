import { isLidUser, jidNormalizedUser } from '@whiskeysockets/baileys'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { QuestionRefused, type Questions } from '../../questions.ts'
import { ask, change, ownJid, requireAppStateKey, type Asking } from './asking.ts'

type OfPeople = Pick<
  Questions,
  | 'check-exists'
  | 'about'
  | 'picture'
  | 'blocked'
  | 'block'
  | 'save-contact'
  | 'lids'
  | 'profile'
  | 'change-profile'
  | 'change-picture'
>

const REVERSE = '_reverse'

/** Asks about persons and the account itself, and changes what WhatsApp shows of them. */
export const peopleQuestions = (asking: Asking & { readonly image: StateImage }): OfPeople => {
  const { socket } = asking
  const pictureOf = async (chat: string): Promise<string | null> => {
    try {
      return (await ask(asking, socket.profilePictureUrl(chat, 'image'))) ?? null
    } catch (error) {
      // WhatsApp tells nobody apart who has no picture and who hides it.
      if (error instanceof QuestionRefused) return null
      throw error
    }
  }
  return {
    'check-exists': async ({ phones }) => {
      const answers = phones.map(async (phone) => {
        const found = await ask(asking, socket.onWhatsApp(`${phone}@s.whatsapp.net`))
        // Baileys returns undefined for a query that timed out, which says nothing about the number.
        if (found === undefined) throw new Error('WhatsApp did not say whether the number has an account.')
        return found.filter(({ exists }) => exists).map(({ jid }) => ({ phone, chat: jidNormalizedUser(jid) }))
      })
      return { found: (await Promise.all(answers)).flat() }
    },
    about: async ({ contact }) => {
      const found = (await ask(asking, socket.fetchStatus(contact))) as readonly { status?: { status?: unknown } }[] | undefined
      const about = found?.[0]?.status?.status
      return { about: typeof about === 'string' && about !== '' ? about : null }
    },
    picture: async ({ chat }) => ({ url: await pictureOf(chat) }),
    blocked: async () => {
      const found = await ask(asking, socket.fetchBlocklist())
      return { contacts: found.filter((jid) => jid !== undefined) }
    },
    block: async ({ contact, isBlocked }) => {
      await ask(asking, socket.updateBlockStatus(contact, isBlocked ? 'block' : 'unblock'))
      return {}
    },
    'save-contact': async ({ contact, firstName, lastName }) => {
      const fullName = [firstName, lastName].filter((name) => name !== '').join(' ')
      const lid = asking.names.lidOf(contact)
      const lidJid = lid === null ? {} : { lidJid: lid }
      const saved = { fullName, firstName, saveOnPrimaryAddressbook: true, ...lidJid }
      await change(asking, 'critical_unblock_low', () => socket.addOrEditContact(contact, saved))
      return {}
    },
    lids: async ({ of, limit, offset }) => {
      if (of !== null) {
        const [lid, phone] = isLidUser(of) ? [of, asking.names.phoneOf(of)] : [asking.names.lidOf(of), of]
        return lid && phone ? { count: 1, pairs: [{ lid, phone }] } : { count: 0, pairs: [] }
      }
      const all = [...asking.image.entries('lid-mapping')].flatMap(([id, stored]) =>
        id.endsWith(REVERSE) ? [{ lid: `${id.slice(0, -REVERSE.length)}@lid`, phone: phoneIn(stored) }] : [],
      )
      return { count: all.length, pairs: all.slice(offset, offset + limit) }
    },
    profile: async () => {
      const id = ownJid(asking)
      const name = socket.authState.creds.me?.name ?? ''
      return { id, name, picture: await pictureOf(id) }
    },
    'change-profile': async ({ name, about }) => {
      if (name !== undefined) requireAppStateKey(asking)
      if (name !== undefined) await ask(asking, socket.updateProfileName(name))
      if (about !== undefined) await ask(asking, socket.updateProfileStatus(about))
      return {}
    },
    'change-picture': async ({ chat, jpeg }) => {
      const content = jpeg === null ? [] : [{ tag: 'picture', attrs: { type: 'image' }, content: Buffer.from(jpeg, 'base64') }]
      const target = chat === null ? {} : { target: chat }
      const attrs = { id: socket.generateMessageTag(), to: 's.whatsapp.net', type: 'set', xmlns: 'w:profile:picture', ...target }
      await ask(asking, socket.query({ tag: 'iq', attrs, ...(content.length > 0 ? { content } : {}) }))
      return {}
    },
  }
}

const phoneIn = (stored: string): string => `${String(JSON.parse(stored))}@s.whatsapp.net`
