import { isLidUser, isPnUser, jidDecode, jidEncode } from '@whiskeysockets/baileys'
import type { StateImage } from '@holdfast/core/journal/state-image'

/** Who is who: WhatsApp calls a person by a phone number or by a LID. Read from the session's state, without asking anybody. */
export class LidMap {
  readonly #image: StateImage

  constructor(image: StateImage) {
    this.#image = image
  }

  /** The same person (and device, if one is named) by phone number; null for what is no LID, and for a LID nobody knows. */
  phoneOf(jid: string | undefined): string | null {
    if (!isLidUser(jid)) return null
    const { user, device } = jidDecode(jid) ?? {}
    const phone = user === undefined ? null : this.#stored(`${user}_reverse`)
    return phone === null ? null : jidEncode(phone, 's.whatsapp.net', device)
  }

  /** The same person (and device, if one is named) by LID; null for what is no phone number, and for one without a known LID. */
  lidOf(jid: string | undefined): string | null {
    if (!isPnUser(jid)) return null
    const { user, device } = jidDecode(jid) ?? {}
    const lid = user === undefined ? null : this.#stored(user)
    return lid === null ? null : jidEncode(lid, 'lid', device)
  }

  /** The users of a JID, by every name that is known for it. */
  usersOf(jid: string | undefined): string[] {
    const users = [jid, this.phoneOf(jid), this.lidOf(jid)].map((name) => jidDecode(name ?? undefined)?.user)
    return [...new Set(users.filter((user) => user !== undefined))]
  }

  #stored(id: string): string | null {
    const encoded = this.#image.get('lid-mapping', id)
    const value: unknown = encoded === undefined ? null : JSON.parse(encoded)
    return typeof value === 'string' && value !== '' ? value : null
  }
}
