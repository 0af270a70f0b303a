// Files that people send: a message carries the key, the media host the ciphertext. A phone sends an ended file again when asked.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { getBinaryNodeChild, hkdf, proto } from '@whiskeysockets/baileys'
import type { Account } from '../account.ts'
import type { ContactMessages } from '../contact-messages.ts'
import type { LinkedDevice } from '../linked-device.ts'
import type { Contact } from '../person.ts'
import type { Services } from '../services.ts'
import { childBytes, timestamp } from '../stanzas.ts'
import type { Stanza } from '../stanzas.ts'
import type { LetterKind } from './encryption.ts'
import type { MediaReference } from './host.ts'

export type FileToSend = {
  kind: LetterKind
  bytes: Buffer
  mimetype: string
  filename?: string | undefined
  caption?: string | undefined
}

type Letter = { reference: MediaReference; chat: string; isFromPhone: boolean; phoneKeeps: boolean; askedAgain: number }

const TAG_BYTES = 16
const { SUCCESS, NOT_FOUND } = proto.MediaRetryNotification.ResultType

const retryKey = (mediaKey: Buffer): Buffer => Buffer.from(hkdf(mediaKey, 32, { info: 'WhatsApp Media Retry Notification' }))

const messageOf = ({ kind, mimetype, filename, caption }: FileToSend, reference: MediaReference): proto.IMessage => {
  const file = { ...reference, url: `https://mmg.whatsapp.net${reference.directPath}`, mimetype }
  const text = caption === undefined ? {} : { caption }
  switch (kind) {
    case 'image':
      return { imageMessage: { ...file, ...text } }
    case 'video':
      return { videoMessage: { ...file, ...text } }
    case 'audio':
      return { audioMessage: { ...file, ptt: true } }
    case 'document':
      return { documentMessage: { ...file, ...text, fileName: filename ?? null } }
    case 'sticker':
      return { stickerMessage: file }
  }
}

export class MediaLetters {
  readonly #services: Services
  readonly #contacts: ContactMessages
  readonly #letters = new Map<string, Letter>()

  constructor(services: Services, contacts: ContactMessages) {
    this.#services = services
    this.#contacts = contacts
  }

  /** A contact sends a file. Returns the id of the message. */
  async send(contact: Contact, account: Account, file: FileToSend): Promise<string> {
    const reference = this.#services.media.put(account.phone, file.bytes, file.kind)
    const id = await this.#contacts.say(contact, account, messageOf(file, reference), { type: 'media' })
    this.#keep(id, { reference, chat: contact.pn, isFromPhone: false })
    return id
  }

  /** The owner of a phone sends a file. Its companions hear of it. Returns the id of the message. */
  async sendFromPhone(account: Account, contact: Contact, file: FileToSend): Promise<string> {
    const reference = this.#services.media.put(account.phone, file.bytes, file.kind)
    const id = await this.#contacts.sayFromPhone(account, contact, messageOf(file, reference), { type: 'media' })
    this.#keep(id, { reference, chat: contact.pn, isFromPhone: true })
    return id
  }

  /** Keeps the file of a message that the phone has. Returns the message. */
  keep(account: Account, { id, chat }: { id: string; chat: string }, file: FileToSend): proto.IMessage {
    const reference = this.#services.media.put(account.phone, file.bytes, file.kind)
    this.#keep(id, { reference, chat, isFromPhone: false })
    return messageOf(file, reference)
  }

  #keep(id: string, letter: Pick<Letter, 'reference' | 'chat' | 'isFromPhone'>): void {
    this.#letters.set(id, { ...letter, phoneKeeps: true, askedAgain: 0 })
  }

  /** Ends the file of a message at the media host, as some weeks do. Returns false for a message without one. */
  expire(account: Account, id: string, phoneKeeps: boolean): boolean {
    const letter = this.#letters.get(id)
    if (!letter) return false
    letter.phoneKeeps = phoneKeeps
    this.#services.media.expire(account.phone, letter.reference.directPath)
    return true
  }

  /** How often the phone was asked for a file again. */
  askedAgain(id: string): number {
    return this.#letters.get(id)?.askedAgain ?? 0
  }

  /** A client asks its phone to send a file again. */
  takeRequest(account: Account, device: LinkedDevice, receipt: Stanza): void {
    const { id = '', to = '' } = receipt.attrs
    const letter = this.#letters.get(id)
    const fault = to === account.pn ? this.#faultOf(letter, id, receipt) : `to ${to}, which is not its phone`
    if (!letter || fault !== undefined) {
      this.#services.violations.record('receipt-unknown', `${device.jid} asked for the file of ${id} again, ${fault}`)
      return
    }
    letter.askedAgain++
    if (letter.phoneKeeps) {
      const directPath = this.#services.media.putAgain(letter.reference.directPath)
      letter.reference = { ...letter.reference, directPath }
    }
    device.queue.put(this.#answer(account, letter, id))
  }

  #faultOf(letter: Letter | undefined, id: string, receipt: Stanza): string | undefined {
    if (!letter) return 'which carried none'
    const rmr = getBinaryNodeChild(receipt, 'rmr')
    if (rmr?.attrs.jid !== letter.chat) return `in the chat ${rmr?.attrs.jid} instead of ${letter.chat}`
    if (rmr.attrs.from_me !== String(letter.isFromPhone)) return 'as one of the other side'
    const encrypt = getBinaryNodeChild(receipt, 'encrypt')
    try {
      const sealed = childBytes(encrypt, 'enc_p')
      const decipher = createDecipheriv('aes-256-gcm', retryKey(letter.reference.mediaKey), childBytes(encrypt, 'enc_iv'))
      decipher.setAAD(Buffer.from(id)).setAuthTag(sealed.subarray(-TAG_BYTES))
      const plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
      return proto.ServerErrorReceipt.decode(plain).stanzaId === id ? undefined : 'but named another message inside'
    } catch {
      return 'with a request that its phone cannot decrypt'
    }
  }

  #answer(account: Account, { reference, chat, isFromPhone, phoneKeeps }: Letter, id: string): Stanza {
    const result = {
      stanzaId: id,
      result: phoneKeeps ? SUCCESS : NOT_FOUND,
      ...(phoneKeeps ? { directPath: reference.directPath } : {}),
    }
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', retryKey(reference.mediaKey), iv).setAAD(Buffer.from(id))
    const plain = proto.MediaRetryNotification.encode(result).finish()
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    const encrypt: Stanza[] = [
      { tag: 'enc_p', attrs: {}, content: sealed },
      { tag: 'enc_iv', attrs: {}, content: iv },
    ]
    return {
      tag: 'notification',
      attrs: { id, type: 'mediaretry', from: account.pn, t: timestamp() },
      content: [
        { tag: 'encrypt', attrs: {}, content: encrypt },
        { tag: 'rmr', attrs: { jid: chat, from_me: String(isFromPhone) } },
      ],
    }
  }
}
