import type { Agent } from 'node:https'
import {
  Browsers,
  makeWASocket,
  proto,
  USyncQuery,
  USyncUser,
  type AuthenticationCreds,
  type LIDMapping,
  type WASocket,
  type WAVersion,
} from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/platform/logging'
import { retry } from '@holdfast/core/platform/retry'
import type { ClientOptions } from '../port.ts'
import { through } from './media/through-proxy.ts'
import type { Receiving } from './receive/receiving.ts'
import type { DeviceCache } from './send/device-cache.ts'
import type { GroupMembers } from './send/group-members.ts'
import type { KeyStore } from './signal/key-store.ts'
import type { LidMap } from './signal/lid-map.ts'
import type { MissingLids } from './signal/missing-lids.ts'
import type { SerialQueue } from './signal/serial-queue.ts'
import { makeSignalRepository } from './signal/signal-repository.ts'

/** Baileys logs stanzas with their content, so its logger stays silent. */
const SILENT = createLogger('baileys', 'silent')

/**
 * The largest interval of `setInterval`, to switch off Baileys' own pings. They would wait at the gate behind unrelated frames.
 */
const NEVER_MS = 2 ** 31 - 1

/** The limit of requests for one message. A contact may ask five times, as WhatsApp's clients do; Baileys counts each twice. */
const ANSWERS_TO_ONE_CONTACT = 10

/** The pause before a message is read again. The contact has to wait for Firestore, since no other place has the message. */
const ASK_AGAIN_MS = 1000

/** Settings that all sessions of a runner share. */
export interface ClientSettings {
  /** The version of WhatsApp Web to announce; null for the one that Baileys knows. */
  readonly version: WAVersion | null
  /** How long each QR code is shown; null for WhatsApp's own timing. */
  readonly qrLifeMs: number | null
}

export interface SocketOptions extends Pick<ClientOptions, 'state' | 'sentMessage' | 'wantsFullHistory' | 'clock' | 'logger'> {
  readonly settings: ClientSettings
  /** Makes the connection, where it goes through a proxy. */
  readonly agent: Agent | null
  readonly creds: AuthenticationCreds
  readonly keyStore: KeyStore
  readonly names: LidMap
  readonly missingLids: MissingLids
  readonly devices: DeviceCache
  readonly members: GroupMembers
  readonly queue: SerialQueue
  readonly receiving: Receiving
}

/** Makes the Baileys socket of one connection, with our key store, caches and Signal repository. The socket dials at once. */
export function openSocket(options: SocketOptions): WASocket {
  const { settings, creds, keyStore, devices, members, agent } = options
  const { version, qrLifeMs } = settings
  const socket: WASocket = makeWASocket({
    ...(version === null ? {} : { version }),
    ...(qrLifeMs === null ? {} : { qrTimeout: qrLifeMs }),
    auth: { creds, keys: keyStore.store },
    ...(agent === null ? {} : { agent, options: through(agent) }),
    logger: SILENT,
    browser: Browsers.ubuntu('Chrome'),
    markOnlineOnConnect: false,
    emitOwnEvents: false,
    syncFullHistory: options.wantsFullHistory(),
    // Our own code reads history from the inbox, where a crash cannot lose it. Baileys would wait 20 s for it at the first login.
    shouldSyncHistoryMessage: () => false,
    keepAliveIntervalMs: NEVER_MS,
    maxMsgRetryCount: ANSWERS_TO_ONE_CONTACT,
    userDevicesCache: devices,
    cachedGroupMetadata: async (group) => members.get(group),
    getMessage: async ({ id }) => {
      const sent = id ? await sentMessage(id, options) : null
      return sent ? proto.Message.decode(sent) : undefined
    },
    makeSignalRepository: makeSignalRepository({
      ...options,
      askForLids: (phones) => askForLids(socket, phones),
      me: () => creds.me,
    }),
  })
  return socket
}

/** The query that Baileys makes by itself, whose result does not tell an answer without LIDs from no answer. */
async function askForLids(socket: WASocket, phones: readonly string[]): Promise<LIDMapping[] | null> {
  const query = new USyncQuery().withLIDProtocol().withContext('background')
  for (const jid of phones) query.withUser(new USyncUser().withId(jid))
  const answer = await socket.executeUSyncQuery(query)
  if (answer === undefined) return null
  return answer.list.flatMap(({ id, lid }) => (typeof lid === 'string' && lid !== '' ? [{ pn: id, lid }] : []))
}

/**
 * Reads a message that a contact asks for again, until Firestore answers. On an error Baileys would acknowledge the request
 * without an answer, and the contact would wait for ever.
 */
function sentMessage(messageId: string, options: SocketOptions): Promise<Uint8Array | null> {
  const { clock, logger, keyStore } = options
  return retry(() => options.sentMessage(messageId), {
    clock,
    timer: 'ask-again',
    pauseMs: () => ASK_AGAIN_MS,
    mayRetry: () => !keyStore.isClosed,
    onFailure: (error) => logger.warn({ error, messageId }, 'Read of a message that a contact asks for again failed; retrying.'),
  })
}
