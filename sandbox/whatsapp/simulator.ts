// The simulated service: its parts, and the dispatch of stanzas to them.
import { getBinaryNodeChild } from '@whiskeysockets/baileys'
import type { proto } from '@whiskeysockets/baileys'
import type { WebSocket } from 'ws'
import { Calls } from './calls.ts'
import { ClientMessages } from './client-messages.ts'
import { ClientReceipts } from './client-receipts.ts'
import { CodePairing } from './code-pairing.ts'
import { Connection } from './connection.ts'
import type { ConnectionHandler } from './connection.ts'
import { ContactMessages } from './contact-messages.ts'
import { ContactReplies } from './contact-replies.ts'
import { DeviceChanges } from './device-changes.ts'
import { streamError, streamErrorCode } from './farewells.ts'
import type { StreamErrorOrder } from './farewells.ts'
import { speedUpSignatures } from './fast-curve.ts'
import { Faults } from './faults.ts'
import type { FaultOrder } from './faults.ts'
import { GroupChanges } from './group-changes.ts'
import { GroupMessages } from './group-messages.ts'
import { HandsetReader } from './handset-reader.ts'
import { Happenings } from './happenings.ts'
import { mendSessionCipher } from './libsignal.ts'
import { Limits } from './limits.ts'
import { Login, unlink } from './login.ts'
import { MediaHost } from './media/host.ts'
import { MediaLetters } from './media/letters.ts'
import { Uploads } from './media/uploads.ts'
import { Pairing, Refused } from './pairing.ts'
import { Poison } from './poison.ts'
import { takePresence } from './profiles.ts'
import { Queries } from './queries.ts'
import type { Services } from './services.ts'
import { SERVER } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { Violations } from './strictness.ts'
import { PhoneSync } from './sync/phone-sync.ts'
import { makeTrust } from './trust.ts'
import { World } from './world.ts'
import type { Account } from './account.ts'

const UNLINKED = 401

export class Simulator implements ConnectionHandler {
  readonly services: Services
  readonly contacts: ContactMessages
  readonly replies: ContactReplies
  readonly letters: MediaLetters
  readonly groups = new GroupMessages()
  readonly groupChanges: GroupChanges
  readonly deviceChanges: DeviceChanges
  readonly poison: Poison
  readonly limits = new Limits()
  readonly calls: Calls
  readonly pairing: Pairing
  readonly codePairing: CodePairing
  readonly sync: PhoneSync
  readonly #login: Login
  readonly #queries: Queries
  readonly #messages: ClientMessages
  readonly #receipts: ClientReceipts
  readonly #connections = new Set<Connection>()

  constructor() {
    mendSessionCipher()
    speedUpSignatures()
    const happenings = new Happenings()
    const faults = new Faults(() => this.#pump())
    const violations = new Violations(happenings)
    const media = new MediaHost(faults, happenings)
    const uploads = new Uploads(media, violations)
    this.services = { trust: makeTrust(), happenings, violations, faults, world: new World(), media, uploads }
    this.contacts = new ContactMessages(this.services)
    this.letters = new MediaLetters(this.services, this.contacts)
    this.pairing = new Pairing(this.services)
    this.codePairing = new CodePairing(this.services, this.pairing)
    this.#login = new Login(this.services)
    this.deviceChanges = new DeviceChanges(this.services)
    this.calls = new Calls(this.services)
    this.poison = new Poison(this.services)
    this.groupChanges = new GroupChanges(this.services)
    this.replies = new ContactReplies(this.services)
    this.sync = new PhoneSync(this.services)
    this.#queries = new Queries(this.services, this.sync, this.groupChanges)
    this.#messages = new ClientMessages(this.services, new HandsetReader(this.services, this.replies, this.sync))
    this.#receipts = new ClientReceipts(this.services, this.replies, this.letters)
  }

  /** `client` is the process that connects, where it says so. */
  connect(socket: WebSocket, client?: string): void {
    this.#connections.add(new Connection(socket, { client, services: this.services, handler: this }))
  }

  orderFault(order: FaultOrder): string {
    const id = this.services.faults.order(order)
    const met = [...this.#connections].filter(({ phone }) => order.account === undefined || order.account === phone)
    if (order.kind === 'deaf' || order.kind === 'half-deaf')
      for (const { phone } of met) if (phone !== undefined) this.#deafen(phone)
    if (order.kind === 'drop') for (const connection of met) connection.drop()
    if (order.kind === 'stream-error') {
      for (const connection of met) this.#endWithStreamError(connection, order)
    }
    return id
  }

  /** Makes the present connection of an account deaf, if that is still ordered. Later ones become deaf at their logins. */
  #deafen(phone: string): void {
    for (const device of this.account(phone).companions.values()) {
      const connection = this.#login.connectionOf(device)
      const deafness = connection && this.services.faults.takeDeafness(phone)
      if (deafness) connection.deafen(deafness)
    }
  }

  /** The phone's owner removes all companions. */
  unlinkAll(account: Account): void {
    for (const device of account.companions.values()) unlink(account, device, this.#login.connectionOf(device))
  }

  introduced(connection: Connection, clientKey: Buffer, payload: proto.ClientPayload): void {
    if (payload.devicePairingData) return this.pairing.register(connection, clientKey, payload.devicePairingData)
    const login = this.#login.attempt(connection, clientKey, payload)
    if (login) this.#queries.loggedIn(login.account, login.device, payload.passive ?? false)
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection)
    this.pairing.closed(connection)
    this.codePairing.closed(connection)
    this.#login.closed(connection)
  }

  stanza(connection: Connection, stanza: Stanza): void {
    const { device } = connection
    const account = this.services.world.accounts.get(connection.phone ?? '')
    if (!device || !account) return this.#hearUnlinked(connection, stanza)
    if (stanza.tag === 'iq') this.#queries.take(connection, account, device, stanza)
    else if (stanza.tag === 'message') this.#messages.take(connection, { account, device }, stanza)
    else if (stanza.tag === 'receipt') this.#receipts.takeReceipt(connection, { account, device }, stanza)
    else if (stanza.tag === 'ack') this.#receipts.takeAck({ account, device }, stanza)
    else if (stanza.tag === 'presence' || stanza.tag === 'chatstate') takePresence(this.services, account, stanza)
    else if (stanza.tag === 'call') this.calls.take(connection, account, stanza)
    else if (stanza.tag === 'ib') {
      const batch = getBinaryNodeChild(stanza, 'offline_batch')
      if (batch) device.queue.requestBatch(Number(batch.attrs.count ?? 1))
    }
  }

  /** A client that is not linked yet may ask for a code, and give answers, unless it was made to believe that it is linked. */
  #hearUnlinked(connection: Connection, stanza: Stanza): void {
    const { tag, attrs } = stanza
    const { id = '' } = attrs
    if (tag === 'iq' && this.codePairing.concerns(stanza)) this.codePairing.take(connection, stanza)
    else if (tag === 'iq' && connection.isGreetedEarly)
      connection.send({ tag: 'iq', attrs: { id, from: SERVER, type: 'result' } })
  }

  account(phone: string): Account {
    const account = this.services.world.accounts.get(phone)
    if (account) return account
    throw new Refused(404, `there is no phone ${phone}: create it with POST /phones {"phone":"${phone}"}`)
  }

  #endWithStreamError(connection: Connection, order: StreamErrorOrder): void {
    const { device } = connection
    const code = streamErrorCode(order)
    const { conflict, condition } = order
    this.services.happenings.tell('stream-error', {
      phone: connection.phone,
      connection: connection.id,
      code,
      conflict,
      condition,
    })
    // For a client this code means that it is no longer linked, so it must be true.
    if (code === UNLINKED && device) unlink(this.account(device.phone), device, connection)
    else connection.endWith(streamError(order))
  }

  #pump(): void {
    for (const connection of this.#connections) connection.pump()
  }
}
