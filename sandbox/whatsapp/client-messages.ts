// Messages from clients: the server acks a message at once and gives each recipient its copy.
import { getBinaryNodeChild, getBinaryNodeChildren, isJidGroup, isLidUser } from '@whiskeysockets/baileys'
import { isJidNewsletter, isJidStatusBroadcast, proto } from '@whiskeysockets/baileys'
import { participantAttrs, senderAttrs } from './addressing.ts'
import type { Connection } from './connection.ts'
import { readContent } from './content/read-content.ts'
import type { KnownMessages } from './content/read-content.ts'
import { isCopyOnRequest, marksOf } from './content/stanza-marks.ts'
import type { Group } from './group.ts'
import type { Copy, HandsetReader, Letter } from './handset-reader.ts'
import { identityFault } from './identity-proof.ts'
import { isLockedOut } from './limits.ts'
import { ratchetPosition } from './libsignal.ts'
import type { LinkedDevice } from './linked-device.ts'
import { hashIfStale } from './participant-hash.ts'
import { senderKeyPosition } from './sender-keys.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './account.ts'
import type { Account } from './account.ts'

type Sender = { account: Account; device: LinkedDevice }

/** A ciphertext for one device. */
type AddressedCopy = Copy & { jid: string }

type Unguarded<C> = Omit<C, 'use'>

const LOCKED_OUT = '463'
const NOT_A_MEMBER = '403'
const MIXED_ADDRESSES = '400'

/** A channel keeps no messages that others could be about. */
const NOTHING_KNOWN: KnownMessages = { find: () => undefined, names: { sender: [], creatorOf: () => [] } }

const PAIRWISE = new Set(['msg', 'pkmsg'])

const copyIn = (node: Stanza, jid: string): Unguarded<AddressedCopy>[] => {
  const enc = getBinaryNodeChildren(node, 'enc').find(({ attrs: { type = '' } }) => PAIRWISE.has(type))
  return enc?.content instanceof Uint8Array ? [{ jid, type: enc.attrs.type ?? '', ciphertext: enc.content }] : []
}

/** One ciphertext for each device. A device that asked for the message again may get two: its own, and one beside the list. */
const pairwiseCopies = (stanza: Stanza): Unguarded<AddressedCopy>[] => {
  const addressed = getBinaryNodeChildren(getBinaryNodeChild(stanza, 'participants'), 'to')
  const beside = copyIn(stanza, stanza.attrs.participant ?? stanza.attrs.to ?? '')
  return [...addressed.flatMap((node) => copyIn(node, node.attrs.jid ?? '')), ...beside]
}

const groupCopy = (stanza: Stanza): Unguarded<Copy> | undefined => {
  const enc = getBinaryNodeChildren(stanza, 'enc').find(({ attrs }) => attrs.type === 'skmsg')
  return enc?.content instanceof Uint8Array ? { type: 'skmsg', ciphertext: enc.content } : undefined
}

export class ClientMessages {
  readonly #services: Services
  readonly #reader: HandsetReader

  constructor(services: Services, reader: HandsetReader) {
    this.#services = services
    this.#reader = reader
  }

  take(connection: Connection, sender: Sender, stanza: Stanza): void {
    const { id = '', to = '' } = stanza.attrs
    const { phone } = sender.account
    const copies = pairwiseCopies(stanza).map((copy) => this.#guardRatchet(sender.device, copy, id))
    this.#services.happenings.tell('message', { phone, id, to, devices: copies.length })
    const forGroup = this.#guardSenderKey(sender.device, groupCopy(stanza), to, id)
    const nack = this.#services.faults.takeNack(phone)
    if (nack !== undefined) return this.#sendAck(connection, stanza, { error: String(nack) })
    if (isLockedOut(sender.account, stanza)) return this.#sendAck(connection, stanza, { error: LOCKED_OUT })
    if (isJidNewsletter(to)) return this.#post(connection, sender, stanza)
    const group = this.#services.world.groups.get(to)
    if (isJidGroup(to) && !group?.has(sender.account)) return this.#sendAck(connection, stanza, { error: NOT_A_MEMBER })
    if (!group && !isJidStatusBroadcast(to) && this.#mixesAddresses(to, copies))
      return this.#sendAck(connection, stanza, { error: MIXED_ADDRESSES })
    this.#checkIdentity(sender, stanza, copies)
    const isStatus = isJidStatusBroadcast(to)
    this.#ack(connection, phone, stanza, isStatus ? undefined : hashIfStale(this.#services.world, sender, stanza))
    const letter: Letter = { ...sender, id, to, group, marks: isCopyOnRequest(stanza) ? undefined : marksOf(stanza) }
    if (group) this.#deliverToGroup(letter, group, stanza, copies, forGroup)
    else this.#deliver(letter, stanza, copies, forGroup)
  }

  /** Posts to a channel: only its owner may, and the server itself reads what is posted. */
  #post(connection: Connection, { account, device }: Sender, stanza: Stanza): void {
    const { world, violations, happenings, uploads } = this.#services
    const { id = '', to = '' } = stanza.attrs
    const channel = world.channels.get(to)
    if (channel?.owner !== account) return this.#sendAck(connection, stanza, { error: NOT_A_MEMBER })
    const { content, attrs: marks = {} } = getBinaryNodeChild(stanza, 'plaintext') ?? {}
    try {
      const message = proto.Message.decode(content instanceof Uint8Array ? content : Buffer.alloc(0))
      const stated = { type: stanza.attrs.type, handle: stanza.attrs.media_id, mediaType: marks.mediatype }
      const file = uploads.openPosted(message, `${id} in ${to}`, stated) ?? null
      channel.posts.set(id, { id, content: readContent(message, NOTHING_KNOWN), file })
    } catch (error) {
      violations.record('bad-content', `${device.jid}: ${id} in ${to}: ${String(error)}`)
    }
    happenings.tell('channel-post', { phone: account.phone, channel: to, id })
    this.#ack(connection, account.phone, stanza, undefined)
    const attrs = { from: to, id, t: timestamp(), type: stanza.attrs.type ?? 'text', server_id: String(channel.posts.size) }
    const post = { tag: 'message', attrs, content: [{ tag: 'plaintext', attrs: {}, content: content ?? '' }] }
    for (const follower of channel.followers) for (const companion of clientsOf(follower)) companion.queue.put(post)
  }

  #guardRatchet(device: LinkedDevice, copy: Unguarded<AddressedCopy>, id: string): AddressedCopy {
    const recipient = this.#canonical(copy.jid)
    try {
      const { ratchetKey, counter } = ratchetPosition(copy.type, copy.ciphertext)
      const { use, detail } = device.keyUses.use(`${recipient}|${ratchetKey}`, counter, copy.ciphertext, id)
      if (use === 'reused') this.#services.violations.record('ratchet-reuse', `${device.jid} to ${recipient}: ${detail}`)
      return { ...copy, use }
    } catch {
      return { ...copy, use: 'new' } // Not a Signal message at all: the recipient will say so.
    }
  }

  #guardSenderKey(device: LinkedDevice, copy: Unguarded<Copy> | undefined, to: string, id: string): Copy | undefined {
    if (!copy) return undefined
    try {
      const { keyId, iteration } = senderKeyPosition(copy.ciphertext)
      const { use, detail } = device.keyUses.use(`${to}|${keyId}`, iteration, copy.ciphertext, id)
      if (use === 'reused') this.#services.violations.record('sender-key-reuse', `${device.jid} in ${to}: ${detail}`)
      return { ...copy, use }
    } catch {
      return { ...copy, use: 'new' }
    }
  }

  /**
   * The service accepts a one-to-one message only if it names all devices in the same way: by LID, or by number. People without a LID
   * have only the number.
   */
  #mixesAddresses(to: string, copies: readonly AddressedCopy[]): boolean {
    return copies.some(({ jid }) => isLidUser(jid) !== isLidUser(to) && this.#services.world.find(jid)?.lid !== undefined)
  }

  /** One name for a device under both addresses: it has one session with each client. */
  #canonical(jid: string): string {
    const { world } = this.#services
    return world.findDevice(jid)?.jid ?? world.findHandset(jid)?.handset.pn ?? jid
  }

  #checkIdentity({ account, device }: Sender, stanza: Stanza, copies: readonly Copy[]): void {
    const first = copies.find((copy) => copy.type === 'pkmsg')
    // A retry for a single device comes without the proof, also from real clients.
    if (!first || !getBinaryNodeChild(stanza, 'participants')) return
    const fault = identityFault(stanza, account, device)
    if (fault === undefined) return
    this.#services.violations.record('bad-signature', `${device.jid}: the proof of identity in ${stanza.attrs.id} ${fault}`)
  }

  #ack(connection: Connection, phone: string, stanza: Stanza, phash: string | undefined): void {
    const { faults } = this.#services
    const send = (): void => this.#sendAck(connection, stanza, phash === undefined ? {} : { phash })
    if (faults.holdAck(phone, send) || faults.takeLostAck(phone)) return
    send()
  }

  #sendAck(connection: Connection, { attrs }: Stanza, more: { error?: string; phash?: string }): void {
    const { id = '', to = '' } = attrs
    if (!connection.isOpen) return
    connection.send({ tag: 'ack', attrs: { class: 'message', id, from: to, t: timestamp(), ...more } })
    this.#services.happenings.tell('acked', { phone: connection.phone, id, ...more })
  }

  /** Gives each device its own copies. A status has one for all beside them, which those with the key can read. */
  #deliver(letter: Letter, stanza: Stanza, copies: readonly AddressedCopy[], forAll: Copy | undefined): void {
    const { world } = this.#services
    for (const [name, own] of this.#byRecipient(copies)) {
      const companion = world.findDevice(name)
      const recipient = world.findHandset(name)
      const mine: Copy[] = [...own, ...(forAll ? [forAll] : [])]
      if (companion) this.#forward(letter, companion, stanza, mine)
      else if (recipient) this.#reader.read(letter, recipient, mine)
    }
  }

  /** Gives every device of every member its own copies, if any, and then the one for all. */
  #deliverToGroup(letter: Letter, group: Group, stanza: Stanza, copies: readonly AddressedCopy[], forAll: Copy | undefined) {
    const own = this.#byRecipient(copies)
    const copiesFor = (name: string): Copy[] => [...(own.get(name) ?? []), ...(forAll ? [forAll] : [])]
    for (const person of group.members) {
      for (const handset of person.handsets.values()) {
        const mine = copiesFor(handset.pn)
        if (mine.length > 0) this.#reader.read(letter, { person, handset }, mine)
      }
      for (const companion of clientsOf(person)) this.#forward(letter, companion, stanza, copiesFor(companion.jid))
    }
  }

  #byRecipient(copies: readonly AddressedCopy[]): Map<string, AddressedCopy[]> {
    return Map.groupBy(copies, ({ jid }) => this.#canonical(jid))
  }

  /** Gives the message to a companion (the sender's second one, or another account's), which decrypts by itself. */
  #forward({ account, device, group }: Letter, companion: LinkedDevice, stanza: Stanza, copies: readonly Copy[]): void {
    if (companion === device || copies.length === 0) return
    const { id = '', to = '', type: kind = 'text' } = stanza.attrs
    const own = companion.phone === account.phone
    const names = group
      ? { from: group.id, ...participantAttrs(account, device.names, group.addressing) }
      : { ...senderAttrs(account, device.names, 'pn'), ...(own ? { recipient: to } : {}) }
    const content = copies.map(({ type, ciphertext }) => ({ tag: 'enc', attrs: { v: '2', type }, content: ciphertext }))
    const notify = own ? {} : { notify: account.name }
    companion.queue.put({ tag: 'message', attrs: { ...names, id, t: timestamp(), type: kind, ...notify }, content })
  }
}
