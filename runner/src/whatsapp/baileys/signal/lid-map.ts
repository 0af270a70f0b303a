import { isLidUser, isPnUser, jidDecode, jidEncode } from '@whiskeysockets/baileys'
import type { StateImage } from '@holdfast/core/journal/state-image'

/** Translates between a contact's phone number and LID. It reads the session's state and never queries the server. */
export class LidMap {
  readonly #image: StateImage

  constructor(image: StateImage) {
    this.#image = image
  }

  /**
   * The JID by phone number of the same contact, and device if one is named. Null for a JID that is no LID, or an unknown LID.
   */
  phoneOf(jid: string | undefined): string | null {
    if (!isLidUser(jid)) return null
    const { user, device } = jidDecode(jid) ?? {}
    const phone = user === undefined ? null : this.#stored(`${user}_reverse`)
    return phone === null ? null : jidEncode(phone, 's.whatsapp.net', device)
  }

  /**
   * The JID by LID of the same contact, and device if one is named. Null for a JID that is no phone number, or has no known LID.
   */
  lidOf(jid: string | undefined): string | null {
    if (!isPnUser(jid)) return null
    const { user, device } = jidDecode(jid) ?? {}
    const lid = user === undefined ? null : this.#stored(user)
    return lid === null ? null : jidEncode(lid, 'lid', device)
  }

  /** The users of a contact, by every known name. */
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
