import { Browsers, makeWASocket, proto, type AuthenticationCreds, type WASocket, type WAVersion } from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/platform/logging'
import { retry } from '@holdfast/core/platform/retry'
import type { ClientOptions } from '../port.ts'
import type { Receiving } from './receive/receiving.ts'
import type { DeviceCache } from './send/device-cache.ts'
import type { GroupMembers } from './send/group-members.ts'
import type { KeyStore } from './signal/key-store.ts'
import type { LidMap } from './signal/lid-map.ts'
import type { SerialQueue } from './signal/serial-queue.ts'
import { makeSignalRepository } from './signal/signal-repository.ts'

/** Baileys logs stanzas with their content, so its logger stays silent. */
const SILENT = createLogger('baileys', 'silent')

/** setInterval's limit. Baileys' own pings would wait at the gate behind what they have nothing to do with. */
const NEVER_MS = 2 ** 31 - 1

/** How often a contact may ask for one message, as WhatsApp's own clients do: five times. Baileys counts each request twice. */
const ANSWERS_TO_ONE_CONTACT = 10

/** A contact who asks for a message again is kept waiting while Firestore does not answer: nobody else has the message. */
const ASK_AGAIN_MS = 1000

/** What is the same for every session of a runner. */
export interface ClientSettings {
  /** The version of WhatsApp Web to announce; null for the one that Baileys knows. */
  readonly version: WAVersion | null
  /** How long each QR code is shown; null for WhatsApp's own timing. */
  readonly qrLifeMs: number | null
  /** `SYNC_FULL_HISTORY`: at first login the phone is asked for all of its past, and not only for the last months. */
  readonly fullHistory: boolean
}

export interface SocketOptions extends Pick<ClientOptions, 'state' | 'sentMessage' | 'clock' | 'logger'> {
  readonly settings: ClientSettings
  readonly creds: AuthenticationCreds
  readonly keyStore: KeyStore
  readonly names: LidMap
  readonly devices: DeviceCache
  readonly members: GroupMembers
  readonly queue: SerialQueue
  readonly receiving: Receiving
}

/** Makes the Baileys socket of one connection, with our parts in the place of Baileys' own. It dials at once. */
export function openSocket(options: SocketOptions): WASocket {
  const { state, settings, creds, keyStore, names, devices, members, queue, receiving } = options
  const { version, qrLifeMs, fullHistory } = settings
  return makeWASocket({
    ...(version === null ? {} : { version }),
    ...(qrLifeMs === null ? {} : { qrTimeout: qrLifeMs }),
    auth: { creds, keys: keyStore.store },
    logger: SILENT,
    browser: Browsers.ubuntu('Chrome'),
    markOnlineOnConnect: false,
    emitOwnEvents: false,
    syncFullHistory: fullHistory,
    // History is read from the inbox, where it cannot get lost. Baileys would wait for it, for 20 s at the first login.
    shouldSyncHistoryMessage: () => false,
    keepAliveIntervalMs: NEVER_MS,
    maxMsgRetryCount: ANSWERS_TO_ONE_CONTACT,
    userDevicesCache: devices,
    cachedGroupMetadata: async (group) => members.get(group),
    getMessage: async ({ id }) => {
      const sent = id ? await sentMessage(id, options) : null
      return sent ? proto.Message.decode(sent) : undefined
    },
    makeSignalRepository: makeSignalRepository({ state, keyStore, names, queue, receiving, me: () => creds.me }),
  })
}

/** Baileys would acknowledge the request although it was not answered, and the contact would wait for ever. */
function sentMessage(messageId: string, options: SocketOptions): Promise<Uint8Array | null> {
  const { clock, logger, keyStore } = options
  return retry(() => options.sentMessage(messageId), {
    clock,
    timer: 'ask-again',
    pauseMs: () => ASK_AGAIN_MS,
    mayRetry: () => !keyStore.isClosed,
    onFailure: (error) => logger.warn({ error, messageId }, 'A message that a contact asks for again could not be read yet.'),
  })
}
