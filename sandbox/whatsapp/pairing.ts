// Linking a client to a phone: codes for the QR, the phone's scan, and proofs of identity that both sides check.
import { randomBytes } from 'node:crypto'
import {
  Curve,
  getBinaryNodeChild,
  hmacSign,
  proto,
  WA_ADV_ACCOUNT_SIG_PREFIX,
  WA_ADV_DEVICE_SIG_PREFIX,
} from '@whiskeysockets/baileys'
import { lidAttr } from './names.ts'
import type { Connection } from './connection.ts'
import { streamError } from './farewells.ts'
import { isSignedBy } from './libsignal.ts'
import { LinkedDevice } from './linked-device.ts'
import type { Registration, SyncWish } from './linked-device.ts'
import type { Services } from './services.ts'
import { SERVER, bigEndian, timestamp } from './stanzas.ts'
import type { Account } from './account.ts'

const REFS_PER_CONNECTION = 6
const SIGNATURE_WAIT_MS = 10_000

/** An error that the caller can correct. */
export class Refused extends Error {
  readonly status: 400 | 404 | 409

  constructor(status: 400 | 404 | 409, message: string) {
    super(message)
    this.status = status
  }
}

const readSyncWish = (deviceProps: Buffer): SyncWish => {
  const { requireFullSync, historySyncConfig } = proto.DeviceProps.decode(deviceProps)
  return {
    requireFullSync: requireFullSync ?? false,
    inlineInitialPayload: historySyncConfig?.inlineInitialPayloadInE2EeMsg ?? false,
  }
}

const readRegistration = (noiseKey: Buffer, data: proto.ClientPayload.IDevicePairingRegistrationData): Registration => {
  const bytes = (field: keyof typeof data): Buffer => {
    const value = data[field]
    if (!value?.length) throw new Error(`the registration lacks ${field}`)
    return Buffer.from(value)
  }
  return {
    noiseKey,
    identity: bytes('eIdent'),
    registrationId: bigEndian(bytes('eRegid')),
    signedPreKey: { keyId: bigEndian(bytes('eSkeyId')), publicKey: bytes('eSkeyVal'), signature: bytes('eSkeySig') },
    syncWish: readSyncWish(bytes('deviceProps')),
  }
}

export const isSignedPreKeyGood = (identity: Uint8Array, key: { publicKey: Uint8Array; signature: Uint8Array }): boolean =>
  isSignedBy(identity, Buffer.concat([Buffer.of(5), key.publicKey.subarray(-32)]), key.signature)

type ScannedCode = { ref: string; noiseKey: string; identity: string; advSecret: string }

const readCode = (qr: string): ScannedCode => {
  const [ref, noiseKey, identity, advSecret] = qr.slice(qr.indexOf('#') + 1).split(',')
  if (ref && noiseKey && identity && advSecret) return { ref, noiseKey, identity, advSecret }
  throw new Refused(400, 'not a WhatsApp linking code: expected …#ref,noise key,identity key,secret[,platform]')
}

export class Pairing {
  readonly #services: Services
  readonly #byRef = new Map<string, Connection>()

  constructor(services: Services) {
    this.#services = services
  }

  /** Gives a client without an account references, each of which is one QR code. */
  register(connection: Connection, noiseKey: Buffer, data: proto.ClientPayload.IDevicePairingRegistrationData): void {
    const registration = readRegistration(noiseKey, data)
    if (!isSignedPreKeyGood(registration.identity, registration.signedPreKey)) {
      this.#services.violations.record('bad-signature', 'a registration whose signed pre-key is not signed by its identity')
      return connection.endWith({ tag: 'failure', attrs: { reason: '400', location: 'registration' } })
    }
    connection.registration = registration
    this.#services.happenings.tell('registration', { connection: connection.id })
    if (this.#services.faults.takeEarlySuccess()) {
      connection.isGreetedEarly = true
      connection.send({ tag: 'success', attrs: { t: timestamp(), props: '1' } })
    }
    this.#offerRefs(connection).catch((error: unknown) => this.#services.violations.record('simulator-fault', String(error)))
  }

  async #offerRefs(connection: Connection): Promise<void> {
    const refs = Array.from({ length: REFS_PER_CONNECTION }, () => `2@${randomBytes(24).toString('base64')}`)
    for (const ref of refs) this.#byRef.set(ref, connection)
    this.#services.happenings.tell('qr-refs', { connection: connection.id, refs: refs.length })
    const content = refs.map((ref) => ({ tag: 'ref', attrs: {}, content: Buffer.from(ref) }))
    const offer = { tag: 'pair-device', attrs: {}, content }
    await connection.ask({ tag: 'iq', attrs: { from: SERVER, type: 'set', xmlns: 'md' }, content: [offer] })
  }

  closed(connection: Connection): void {
    for (const [ref, owner] of this.#byRef) if (owner === connection) this.#byRef.delete(ref)
  }

  /** The scan of a code by the phone's camera. Resolves when the client has proven its identity. */
  async scan(account: Account, qr: string): Promise<LinkedDevice> {
    const code = readCode(qr)
    const connection = this.#byRef.get(code.ref)
    const registration = connection?.registration
    if (!connection || !registration) {
      throw new Refused(404, 'unknown ref: the client that showed this code has gone, or was linked with it already')
    }
    if (!connection.isOpen) throw new Refused(409, 'the client that showed this code is closing its connection')
    if (code.noiseKey !== registration.noiseKey.toString('base64')) {
      throw new Refused(409, 'the noise key in the code is not the one of the connection that got this ref')
    }
    if (code.identity !== registration.identity.toString('base64')) {
      throw new Refused(409, 'the identity key in the code is not the one of the connection that got this ref')
    }
    this.closed(connection)
    return this.link(account, connection, registration, code.advSecret)
  }

  /** Links a client that shares a secret (base64) with the phone. Resolves when the client has proven its identity. */
  async link(account: Account, connection: Connection, registration: Registration, advSecret: string): Promise<LinkedDevice> {
    this.#checkStillLinked(account)
    const device = new LinkedDevice(account.phone, account.lidUser, account.nextDevice++, registration, this.#services.happenings)
    const details = this.#deviceDetails(device)
    const answer = await this.#introduce(account, connection, device, details, advSecret)
    const proof = getBinaryNodeChild(getBinaryNodeChild(answer, 'pair-device-sign'), 'device-identity')?.content
    if (!(proof instanceof Uint8Array)) throw new Refused(409, 'the client went away before it had signed its new identity')
    const { deviceSignature } = proto.ADVSignedDeviceIdentity.decode(proof)
    const signed = [WA_ADV_DEVICE_SIG_PREFIX, details, device.identity, account.endpoint.identity.public]
    if (!isSignedBy(device.identity, Buffer.concat(signed), deviceSignature)) {
      this.#services.violations.record('bad-signature', `${device.jid}: the device's signature of its identity is wrong`)
      connection.endWith({ tag: 'failure', attrs: { reason: '400', location: 'pairing' } })
      throw new Refused(409, "the device's signature of its identity is wrong")
    }
    this.#enter(account, device)
    connection.endWith(streamError({ code: 515 }))
    return device
  }

  /**
   * Judges a new registration. A client that is still linked has no reason for one. A client that never reached its first login may have
   * died while it was being linked: the phone forgets that attempt.
   */
  #checkStillLinked(account: Account): void {
    for (const earlier of account.companions.values()) {
      if (earlier.logins === 0) account.companions.delete(earlier.device)
      else
        this.#services.violations.record(
          'registered-while-linked',
          `${account.phone}: ${earlier.jid} is linked and has logged in`,
        )
    }
  }

  #deviceDetails(device: LinkedDevice): Uint8Array {
    const timestamp = Math.floor(Date.now() / 1000)
    const { E2EE } = proto.ADVEncryptionType
    const identity = { rawId: 1, timestamp, keyIndex: device.device, accountType: E2EE, deviceType: E2EE }
    return proto.ADVDeviceIdentity.encode(identity).finish()
  }

  #introduce(account: Account, connection: Connection, device: LinkedDevice, details: Uint8Array, advSecret: string) {
    const key = account.endpoint.identity
    const accountSignature = Curve.sign(key.private, Buffer.concat([WA_ADV_ACCOUNT_SIG_PREFIX, details, device.identity]))
    const identity = { details, accountSignatureKey: key.public, accountSignature }
    const signed = proto.ADVSignedDeviceIdentity.encode(identity).finish()
    const hmac = hmacSign(signed, Buffer.from(advSecret, 'base64'))
    const sealed = proto.ADVSignedDeviceIdentityHMAC.encode({ details: signed, hmac }).finish()
    const success = [
      { tag: 'device-identity', attrs: {}, content: sealed },
      { tag: 'biz', attrs: { name: account.name } },
      { tag: 'device', attrs: { jid: device.jid, ...lidAttr('lid', device.names) } },
      { tag: 'platform', attrs: { name: 'smba' } },
    ]
    const question = connection.ask({
      tag: 'iq',
      attrs: { from: SERVER, type: 'set', xmlns: 'md' },
      content: [{ tag: 'pair-success', attrs: {}, content: success }],
    })
    return Promise.race([question, silenceAfter(SIGNATURE_WAIT_MS)])
  }

  #enter(account: Account, device: LinkedDevice): void {
    account.companions.set(device.device, device)
    account.registrations++
    this.#services.happenings.tell('paired', { phone: account.phone, deviceJid: device.jid })
  }
}

const silenceAfter = (ms: number): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref()
  })
