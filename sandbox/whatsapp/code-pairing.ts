// Linking a client to a phone by a code: the client shows it, and the phone's owner types it in. Nobody else learns it.
import { createCipheriv, createDecipheriv, pbkdf2 as pbkdf2WithCallback, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { Curve, getBinaryNodeChild, hkdf } from '@whiskeysockets/baileys'
import type { Account } from './account.ts'
import type { Connection } from './connection.ts'
import type { LinkedDevice, Registration } from './linked-device.ts'
import { Refused } from './pairing.ts'
import type { Pairing } from './pairing.ts'
import type { Services } from './services.ts'
import { childBytes, SERVER, timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'

const pbkdf2 = promisify(pbkdf2WithCallback)

const TAG = 'link_code_companion_reg'

/** Eight characters of the alphabet that has no 0, I, O and U. */
const CODE = /^[1-9A-HJ-NP-TV-Z]{8}$/

const ITERATIONS = 2 << 16
const SALT_BYTES = 32
const KEY_BYTES = 32
const CTR_IV_BYTES = 16
const GCM_IV_BYTES = 12
const GCM_TAG_BYTES = 16
const FINISH_WAIT_MS = 10_000
/** The phone says that a code which is older is no longer valid. */
const CODE_LIFETIME_MS = 180_000

const BUNDLE_KEY_LABEL = 'link_code_pairing_key_bundle_encryption_key'
const SECRET_LABEL = 'adv_secret'

/** A client that waits for its code to be typed in. */
type Waiting = {
  connection: Connection
  registration: Registration
  ref: Buffer
  /** Its ephemeral key, encrypted with the code. */
  wrapped: Buffer
  askedAt: number
  /** Takes the client's last word. Set once the code was typed in. */
  finish?: (bundle: Buffer) => void
}

const keyOf = (code: string, salt: Buffer): Promise<Buffer> => pbkdf2(code, salt, ITERATIONS, KEY_BYTES, 'sha256')

/** Nothing shows that the code is wrong: any bytes are a public key. */
const unwrapKey = async (code: string, wrapped: Buffer): Promise<Buffer> => {
  const [salt, rest] = [wrapped.subarray(0, SALT_BYTES), wrapped.subarray(SALT_BYTES)]
  const decipher = createDecipheriv('aes-256-ctr', await keyOf(code, salt), rest.subarray(0, CTR_IV_BYTES))
  return Buffer.concat([decipher.update(rest.subarray(CTR_IV_BYTES)), decipher.final()])
}

const wrapKey = async (code: string, key: Uint8Array): Promise<Buffer> => {
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(CTR_IV_BYTES)]
  const cipher = createCipheriv('aes-256-ctr', await keyOf(code, salt), iv)
  return Buffer.concat([salt, iv, cipher.update(key), cipher.final()])
}

/** Opens what the client sent to the phone, which only who knows the code could seal. */
const openBundle = (bundle: Buffer, shared: Uint8Array): Buffer | undefined => {
  const salt = bundle.subarray(0, SALT_BYTES)
  const iv = bundle.subarray(SALT_BYTES, SALT_BYTES + GCM_IV_BYTES)
  const sealed = bundle.subarray(SALT_BYTES + GCM_IV_BYTES)
  try {
    const key = hkdf(Buffer.from(shared), KEY_BYTES, { salt, info: BUNDLE_KEY_LABEL })
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: GCM_TAG_BYTES })
    decipher.setAuthTag(sealed.subarray(-GCM_TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(0, -GCM_TAG_BYTES)), decipher.final()])
  } catch {
    return undefined
  }
}

export class CodePairing {
  readonly #services: Services
  readonly #pairing: Pairing
  /** By the phone whose owner is to type the code in; the newest request counts. */
  readonly #waiting = new Map<string, Waiting>()
  /** Clients whose code was typed in and whose last word is due. */
  readonly #entered = new Map<Connection, Waiting>()

  constructor(services: Services, pairing: Pairing) {
    this.#services = services
    this.#pairing = pairing
  }

  /** Whether a question of a client that is not linked yet is about its code. */
  concerns(iq: Stanza): boolean {
    return getBinaryNodeChild(iq, TAG) !== undefined
  }

  /** Takes a step of a client. One that an honest client would not take is refused. */
  take(connection: Connection, iq: Stanza): void {
    const step = getBinaryNodeChild(iq, TAG)
    const phone = /^(\d+)@s\.whatsapp\.net$/.exec(step?.attrs.jid ?? '')?.[1]
    const { registration } = connection
    try {
      if (!step || phone === undefined || !registration) throw new Error('names no phone, or follows no registration')
      if (this.#services.faults.takeUnanswered(phone, TAG)) return
      // That is no fault of the client: whoever asked for the code gave it a number without WhatsApp.
      if (!this.#services.world.accounts.has(phone)) return this.#refuse(connection, iq)
      if (step.attrs.stage === 'companion_hello') this.#hello(connection, registration, { phone, step, iq })
      else if (step.attrs.stage === 'companion_finish') this.#finish(connection, registration, { phone, step, iq })
      else throw new Error(`has the unknown stage ${step.attrs.stage}`)
    } catch (error) {
      this.#services.violations.record('bad-content', `linking by code: ${String(error)}`)
      this.#refuse(connection, iq)
    }
  }

  closed(connection: Connection): void {
    for (const [phone, waiting] of this.#waiting) if (waiting.connection === connection) this.#waiting.delete(phone)
  }

  /** The owner of the phone types a code in. Resolves when the client has proven its identity. */
  async enter(account: Account, typed: string): Promise<LinkedDevice> {
    const code = typed.replace(/[\s-]/g, '').toUpperCase()
    if (!CODE.test(code)) throw new Refused(400, 'not a linking code: expected eight letters and digits')
    const waiting = this.#waiting.get(account.phone)
    if (!waiting?.connection.isOpen) throw new Refused(404, `no client asks to be linked to ${account.phone} by a code`)
    // A code can be tried once.
    this.#waiting.delete(account.phone)
    if (Date.now() - waiting.askedAt > CODE_LIFETIME_MS) throw new Refused(409, 'the code is too old: the client has to ask anew')
    const advSecret = await this.#agree(account, waiting, code)
    const { connection, registration } = waiting
    if (!connection.isOpen) throw new Refused(409, 'the client that showed this code is closing its connection')
    this.#pairing.closed(connection)
    return this.#pairing.link(account, connection, registration, advSecret.toString('base64'))
  }

  #hello(connection: Connection, registration: Registration, { phone, step, iq }: { phone: string; step: Stanza; iq: Stanza }) {
    const wrapped = childBytes(step, 'link_code_pairing_wrapped_companion_ephemeral_pub')
    if (wrapped.length !== SALT_BYTES + CTR_IV_BYTES + KEY_BYTES) throw new Error('has a wrapped key of another length')
    if (!childBytes(step, 'companion_server_auth_key_pub').equals(registration.noiseKey)) {
      throw new Error('has another key than that of its connection')
    }
    for (const tag of ['companion_platform_id', 'companion_platform_display', 'link_code_pairing_nonce']) {
      if (childBytes(step, tag).length === 0) throw new Error(`has nothing in <${tag}>`)
    }
    const ref = randomBytes(32)
    this.#waiting.set(phone, { connection, registration, ref, wrapped, askedAt: Date.now() })
    this.#services.happenings.tell('link-code-asked', { phone, connection: connection.id })
    const answer = {
      tag: TAG,
      attrs: { stage: 'companion_hello' },
      content: [{ tag: 'link_code_pairing_ref', attrs: {}, content: ref }],
    }
    connection.send({ tag: 'iq', attrs: { from: SERVER, type: 'result', id: iq.attrs.id ?? '' }, content: [answer] })
  }

  #finish(connection: Connection, registration: Registration, { phone, step, iq }: { phone: string; step: Stanza; iq: Stanza }) {
    const waiting = this.#entered.get(connection)
    if (!waiting?.finish) throw new Error(`finishes what ${phone} has not begun`)
    if (!childBytes(step, 'link_code_pairing_ref').equals(waiting.ref)) throw new Error('has another reference')
    if (!childBytes(step, 'companion_identity_public').equals(registration.identity)) throw new Error('has another identity')
    const bundle = childBytes(step, 'link_code_pairing_wrapped_key_bundle')
    connection.send({ tag: 'iq', attrs: { from: SERVER, type: 'result', id: iq.attrs.id ?? '' } })
    waiting.finish(bundle)
  }

  /** Phone and client agree on the secret that proves the client's new identity to the phone. */
  async #agree(account: Account, waiting: Waiting, code: string): Promise<Buffer> {
    const { connection, registration, ref, wrapped } = waiting
    const identity = account.endpoint.identity
    const ephemeral = Curve.generateKeyPair()
    const shared = Curve.sharedKey(ephemeral.private, await unwrapKey(code, wrapped))
    const own = await wrapKey(code, ephemeral.public)
    const bundle = await this.#lastWord(waiting, () =>
      connection.send({
        tag: 'notification',
        attrs: { from: SERVER, type: TAG, id: `link-code-${connection.id}`, t: timestamp() },
        content: [
          {
            tag: TAG,
            attrs: { stage: 'primary_hello' },
            content: [
              { tag: 'link_code_pairing_wrapped_primary_ephemeral_pub', attrs: {}, content: own },
              { tag: 'primary_identity_pub', attrs: {}, content: identity.public },
              { tag: 'link_code_pairing_ref', attrs: {}, content: ref },
            ],
          },
        ],
      }),
    )
    const opened = openBundle(bundle, shared)
    if (!opened) throw new Refused(409, 'the code is wrong: it is not the one that the client shows')
    const [companion, primary, random] = [opened.subarray(0, 32), opened.subarray(32, 64), opened.subarray(64)]
    if (!companion.equals(registration.identity) || !primary.equals(identity.public) || random.length !== 32) {
      this.#services.violations.record('bad-content', `linking by code: the client of ${account.phone} sealed other keys`)
      throw new Refused(409, 'the client sealed other keys than those of this linking')
    }
    const secret = Buffer.concat([shared, Curve.sharedKey(identity.private, companion), random])
    return Buffer.from(hkdf(secret, KEY_BYTES, { info: SECRET_LABEL }))
  }

  async #lastWord(waiting: Waiting, ask: () => void): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    const silence = setTimeout(() => reject(new Refused(409, 'the client did not answer to its code')), FINISH_WAIT_MS)
    waiting.finish = resolve
    this.#entered.set(waiting.connection, waiting)
    try {
      ask()
      return await promise
    } finally {
      clearTimeout(silence)
      this.#entered.delete(waiting.connection)
    }
  }

  #refuse(connection: Connection, iq: Stanza): void {
    const error = { tag: 'error', attrs: { code: '400', text: 'bad-request' } }
    connection.send({ tag: 'iq', attrs: { from: SERVER, type: 'error', id: iq.attrs.id ?? '' }, content: [error] })
  }
}
