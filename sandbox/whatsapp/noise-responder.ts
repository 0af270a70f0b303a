// The server's half of Noise_XX_25519_AESGCM_SHA256, in WhatsApp's framing.
import { aesDecryptGCM, aesEncryptGCM, Curve, hkdf, NOISE_MODE, NOISE_WA_HEADER, proto, sha256 } from '@whiskeysockets/baileys'
import type { Trust } from './trust.ts'

const EMPTY = Buffer.alloc(0)

const nonce = (counter: number): Buffer => {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(counter, 8)
  return iv
}

export class NoiseResponder {
  readonly #trust: Trust
  readonly #ephemeral = Curve.generateKeyPair()
  #hash: Buffer = Buffer.from(NOISE_MODE)
  #salt: Buffer = this.#hash
  #key: Buffer = this.#hash
  #counter = 0
  #receiveKey: Buffer = EMPTY
  #sendKey: Buffer = EMPTY
  #received = 0
  #sent = 0

  constructor(trust: Trust) {
    this.#trust = trust
    this.#authenticate(NOISE_WA_HEADER)
  }

  /** Answers the client's hello with the server's keys and certificate chain. */
  hello(frame: Buffer): Uint8Array {
    const clientEphemeral = proto.HandshakeMessage.decode(frame).clientHello?.ephemeral
    if (!clientEphemeral) throw new Error('the first frame is not a client hello')
    this.#authenticate(clientEphemeral)
    this.#authenticate(this.#ephemeral.public)
    this.#mix(Curve.sharedKey(this.#ephemeral.private, clientEphemeral))
    const encryptedStatic = this.#encrypt(this.#trust.server.public)
    this.#mix(Curve.sharedKey(this.#trust.server.private, clientEphemeral))
    const payload = this.#encrypt(this.#trust.chain)
    const serverHello = { ephemeral: this.#ephemeral.public, static: encryptedStatic, payload }
    return proto.HandshakeMessage.encode({ serverHello }).finish()
  }

  /** Reads the client's static key, proven, and its wish: to log in, or to register as a new companion. */
  finish(frame: Buffer): { clientKey: Buffer; payload: proto.ClientPayload } {
    const finish = proto.HandshakeMessage.decode(frame).clientFinish
    if (!finish?.static || !finish.payload) throw new Error('the second frame is not a client finish')
    const clientKey = this.#decrypt(finish.static)
    this.#mix(Curve.sharedKey(this.#ephemeral.private, clientKey))
    const payload = proto.ClientPayload.decode(this.#decrypt(finish.payload))
    const keys = this.#derive(EMPTY)
    this.#receiveKey = keys.subarray(0, 32)
    this.#sendKey = keys.subarray(32)
    return { clientKey, payload }
  }

  seal(plain: Uint8Array): Buffer {
    return aesEncryptGCM(plain, this.#sendKey, nonce(this.#sent++), EMPTY)
  }

  open(sealed: Buffer): Buffer {
    return aesDecryptGCM(sealed, this.#receiveKey, nonce(this.#received++), EMPTY)
  }

  #authenticate(data: Uint8Array): void {
    this.#hash = sha256(Buffer.concat([this.#hash, data]))
  }

  #encrypt(plain: Uint8Array): Buffer {
    const sealed = aesEncryptGCM(plain, this.#key, nonce(this.#counter++), this.#hash)
    this.#authenticate(sealed)
    return sealed
  }

  #decrypt(sealed: Uint8Array): Buffer {
    const plain = aesDecryptGCM(sealed, this.#key, nonce(this.#counter++), this.#hash)
    this.#authenticate(sealed)
    return plain
  }

  #derive(data: Uint8Array): Buffer {
    return Buffer.from(hkdf(Buffer.from(data), 64, { salt: this.#salt, info: '' }))
  }

  #mix(data: Uint8Array): void {
    const derived = this.#derive(data)
    this.#salt = derived.subarray(0, 32)
    this.#key = derived.subarray(32)
    this.#counter = 0
  }
}
