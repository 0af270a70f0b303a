import { randomBytes } from 'node:crypto'
import {
  Curve,
  addTransactionCapability,
  decryptMessageNode,
  generateSignalPubKey,
  initAuthCreds,
  type AuthenticationCreds,
  type BinaryNode,
  type WAMessage,
} from '@whiskeysockets/baileys'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore, Fields } from '@holdfast/core/platform/ports'
import type { Mutation } from '@holdfast/core/journal/mutation'
import { StateImage } from '@holdfast/core/journal/state-image'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Traces } from '@holdfast/core/platform/traces'
import type { Entry, RecordPlace } from '../../../session/journal/group.ts'
import { Deliveries } from '../../../session/inbox/deliveries.ts'
import { Inbox } from '../../../session/inbox/inbox.ts'
import { projectEvents } from '../../../session/events/projector.ts'
import type { Journal } from '../../../session/journal/journal.ts'
import { JournaledState } from '../../../session/journal/journaled-state.ts'
import { Undecrypted } from '../../../session/inbox/undecrypted.ts'
import { RecordArchive } from '../../../session/archive/record-archive.ts'
import { ReceivedTrace } from '../../received-trace.ts'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import { encodeCreds } from '../signal/codec.ts'
import { silenceConsole } from '../patches/console-guard.ts'
import { FromPhone } from '../receive/from-phone.ts'
import { KeyStore } from '../signal/key-store.ts'
import { LidMap } from '../signal/lid-map.ts'
import { MissingLids, type AskForLids } from '../signal/missing-lids.ts'
import { secretOf } from '../receive/kept-secrets.ts'
import type { Reader } from '../receive/reader.ts'
import { Receiving } from '../receive/receiving.ts'
import { SerialQueue } from '../signal/serial-queue.ts'
import { makeSignalRepository } from '../signal/signal-repository.ts'
import { patchCurve } from '../patches/fast-curve.ts'

// As in a runner. In JavaScript, each signature takes 5 to 30 ms.
patchCurve()

const SILENT = createLogger('test', 'silent')

type Repository = ReturnType<ReturnType<typeof makeSignalRepository>>

/** Our side of a connection without the socket. A test can read the entries that it appends to the journal, and drop them. */
export class DeviceUnderTest {
  readonly creds: AuthenticationCreds = initAuthCreds()
  readonly image: StateImage
  readonly state: JournaledState
  readonly inbox: Inbox
  readonly undecrypted: Undecrypted
  readonly names: LidMap
  readonly keyStore: KeyStore
  readonly receiving: Receiving
  readonly missingLids: MissingLids
  readonly signal: Repository
  readonly cipher: SessionCipher
  readonly archive: RecordArchive
  readonly appended: Entry[] = []
  readonly time = { ms: 1_700_000_000_000 }
  /** The chats that the session ignores. */
  readonly ignored = new Set<string>()
  /** Answers the queries for LIDs; a test may replace it. The server does not answer. */
  lidsOf: AskForLids = async () => null
  readonly #stanzas = new WeakMap<Uint8Array, BinaryNode>()
  readonly #clock: Clock = { ...systemClock, now: () => this.time.ms }
  #lastPreKey = 0
  #cuts = 0

  /** @param earlier the device of an earlier owner, whose state this one takes over */
  constructor(options: { earlier?: DeviceUnderTest; isSuspect?: boolean; objects?: ObjectStore; traces?: Traces } = {}) {
    const { earlier, isSuspect = false, objects = NO_OBJECTS, traces } = options
    this.cipher = earlier?.cipher ?? new SessionCipher(SESSION, new Map([[1, randomBytes(32)]]), 1)
    silenceConsole()
    this.image = new StateImage()
    if (earlier) {
      this.creds = earlier.creds
      this.#lastPreKey = earlier.#lastPreKey
      this.image.apply(earlier.image.toMutation())
    } else this.creds.me = { id: `${OURS}:1@s.whatsapp.net`, lid: `${OUR_LID}:1@lid` }
    this.image.creds = encodeCreds(this.creds)
    this.state = new JournaledState(this.image, this.#journal(), this.#clock)
    const parts = { sessionId: SESSION, state: this.state, clock: this.#clock, logger: SILENT }
    this.inbox = new Inbox({ ...parts, documents: {} as DocumentStore })
    this.undecrypted = new Undecrypted(parts)
    this.names = new LidMap(this.image)
    this.archive = new RecordArchive({ image: this.image, objects, cipher: this.cipher, clock: this.#clock, logger: SILENT })
    this.keyStore = new KeyStore({ state: this.state, archived: this.archive, changedCreds: () => this.#changedCreds() })
    this.receiving = new Receiving({
      keyStore: this.keyStore,
      deliveries: new Deliveries({
        state: this.state,
        inbox: this.inbox,
        undecrypted: this.undecrypted,
        isSuspect: () => isSuspect,
        isIgnored: (chat) => this.ignored.has(chat),
      }),
      stanzaOf: (bytes) => this.#stanzas.get(bytes),
      reader: this.reader,
      logger: SILENT,
      fromPhone: new FromPhone(this.creds, { wantsFullHistory: () => false }).take,
      ...(traces ? { traceReceived: (messageId) => ReceivedTrace.begin(traces, SESSION, messageId) } : {}),
    })
    const me = () => this.creds.me
    const { state, keyStore, names, receiving } = this
    const missingLids = (this.missingLids = new MissingLids({ state, clock: this.#clock }))
    const askForLids = (phones: readonly string[]) => this.lidsOf(phones)
    const queue = new SerialQueue()
    const make = makeSignalRepository({ state, keyStore, names, queue, receiving, missingLids, askForLids, me })
    const keys = addTransactionCapability(keyStore.store, SILENT, { maxCommitRetries: 1, delayBetweenTriesMs: 1 })
    this.signal = make({ creds: this.creds, keys }, SILENT)
  }

  get reader(): Reader {
    const { creds, names, time } = this
    return { me: creds.me ?? { id: '' }, names, now: () => time.ms, secretOf: (message) => secretOf(this.image, message) }
  }

  get mutations(): Mutation[] {
    return this.appended.flatMap(({ mutation }) => (mutation ? [mutation] : []))
  }

  /** The kinds that each mutation changes. */
  get kinds(): string[][] {
    return this.mutations.map(({ keys = {} }) => Object.keys(keys).toSorted())
  }

  /** The documents that the appended records would write, by path, with the names that they have sealed. */
  get documents(): Record<string, Record<string, unknown>> {
    const place: RecordPlace = { sequence: 1, index: 0, prevHash: '' }
    const record = { sessionId: SESSION, place, cipher: () => this.cipher }
    const merges = this.appended.flatMap(({ events = [] }) => projectEvents(events, record))
    return Object.fromEntries(
      merges.map(({ path, fields }) => [path.split('/').slice(2).join('/'), { ...fields, ...this.#namesIn(path, fields) }]),
    )
  }

  #namesIn(path: string, { content }: Fields): object {
    if (!(content instanceof Uint8Array)) return {}
    return (JSON.parse(this.cipher.openContent(content, `${path}/content`).toString()) as { names?: object }).names ?? {}
  }

  /** Reports all records so far as durable and their documents as written. */
  settle(): void {
    for (const [sequence, entry] of this.appended.splice(0).entries()) {
      entry.onDurable?.({ sequence, index: 0, prevHash: '' })
      entry.onWritten?.()
    }
  }

  /** The pre-key bundle that the server hands out for a first message to us. */
  async bundle() {
    const keyId = ++this.#lastPreKey
    const pair = Curve.generateKeyPair()
    await this.keyStore.store.set({ 'pre-key': { [keyId]: pair } })
    const { registrationId, signedIdentityKey, signedPreKey } = this.creds
    return {
      registrationId,
      identityKey: generateSignalPubKey(signedIdentityKey.public),
      signedPreKey: {
        keyId: signedPreKey.keyId,
        publicKey: generateSignalPubKey(signedPreKey.keyPair.public),
        signature: signedPreKey.signature,
      },
      preKey: { keyId, publicKey: generateSignalPubKey(pair.public) },
    }
  }

  /** Delivers a stanza and lets Baileys' own code read it. */
  async receive(stanza: BinaryNode): Promise<WAMessage> {
    for (const { tag, content } of Array.isArray(stanza.content) ? stanza.content : []) {
      if (tag === 'enc' && content instanceof Uint8Array) this.#stanzas.set(content, stanza)
    }
    this.receiving.arrived(stanza)
    const { id, lid = '' } = this.creds.me ?? { id: '' }
    const message = decryptMessageNode(stanza, id, lid, this.signal, SILENT)
    await message.decrypt()
    return message.fullMessage
  }

  #journal(): Journal {
    const journal = {
      append: (entry: Entry) => this.appended.push(entry),
      whenDurable: () => Promise.resolve(),
      cut: () => Promise.resolve({ sequence: ++this.#cuts, epoch: 1, hash: '' }),
      ended: null,
    }
    return journal as unknown as Journal
  }

  #changedCreds(): string | undefined {
    const encoded = encodeCreds(this.creds)
    return encoded === this.image.creds ? undefined : encoded
  }
}

const SESSION = 'default.shop'

/** A device whose test archives nothing asks for no object. */
const NO_OBJECTS = {} as ObjectStore

export const OURS = '5511900000001'
export const OUR_LID = '100000000000001'
