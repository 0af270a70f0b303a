// Calls by contacts: a companion hears the ring and the end of a call. The simulator records every answer, and carries no sound.
import { randomBytes } from 'node:crypto'
import { getAllBinaryNodeChildren } from '@whiskeysockets/baileys'
import { nameIn } from './names.ts'
import type { Connection } from './connection.ts'
import { newMessageId } from './contact-messages.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './account.ts'
import type { Account } from './account.ts'
import type { Contact } from './person.ts'

/** The end of an unanswered call: the caller hangs up, or it rings for too long. */
export type CallEnd = 'terminate' | 'timeout'

type Call = { id: string; contact: Contact; account: Account }

const MEDIA: Record<'audio' | 'video', Stanza> = {
  audio: { tag: 'audio', attrs: { enc: 'opus', rate: '16000' } },
  video: { tag: 'video', attrs: { enc: 'vp8', dec: 'vp8', orientation: '0', screen_width: '1080', screen_height: '1920' } },
}

export class Calls {
  readonly #services: Services
  readonly #open = new Map<string, Call>()

  constructor(services: Services) {
    this.#services = services
  }

  /** Returns the id of the call. */
  offer(contact: Contact, account: Account, video: boolean): string {
    const call = { id: randomBytes(16).toString('hex').toUpperCase(), contact, account }
    this.#open.set(call.id, call)
    const media = video ? [MEDIA.audio, MEDIA.video] : [MEDIA.audio]
    this.#ring(call, 'offer', {}, [...media, { tag: 'net', attrs: { medium: '3' } }])
    return call.id
  }

  /** False for an unknown call. */
  end(callId: string, how: CallEnd): boolean {
    const call = this.#open.get(callId)
    if (!call) return false
    this.#open.delete(callId)
    this.#ring(call, 'terminate', how === 'timeout' ? { reason: 'timeout' } : {})
    return true
  }

  /** Notes that a client rejected a call, or another word about it. */
  take(connection: Connection, account: Account, stanza: Stanza): void {
    const { id = '', to = '' } = stanza.attrs
    for (const { tag, attrs } of getAllBinaryNodeChildren(stanza)) {
      const callId = attrs['call-id'] ?? ''
      if (tag === 'reject') this.#open.delete(callId)
      this.#services.happenings.tell('call-answer', { phone: account.phone, callId, answer: tag })
    }
    connection.send({ tag: 'ack', attrs: { class: 'call', id, from: to, t: timestamp() } })
  }

  #ring({ id, contact, account }: Call, tag: string, more: Record<string, string>, content: Stanza[] = []): void {
    const from = nameIn(contact.main, contact.modeFor(account.phone))
    const caller = from === contact.pn ? {} : { caller_pn: contact.pn }
    const child = { tag, attrs: { 'call-id': id, 'call-creator': from, ...caller, ...more }, content }
    const attrs = { from, id: newMessageId(), t: timestamp(), notify: contact.name, platform: 'android', version: '2.26.1' }
    for (const device of clientsOf(account)) device.queue.put({ tag: 'call', attrs, content: [child] })
    this.#services.happenings.tell('call', { contact: contact.phone, phone: account.phone, callId: id, what: tag, ...more })
  }
}
