// Keys on the server: clients' uploads, and the bundles that begin sessions.
import {
  encodeBigEndian,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  KEY_BUNDLE_TYPE,
  xmppPreKey,
  xmppSignedPreKey,
} from '@whiskeysockets/baileys'
import type { LinkedDevice, SignedKey } from './linked-device.ts'
import { isSignedPreKeyGood } from './pairing.ts'
import type { Services } from './services.ts'
import { childBytes, childNumber } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'

const leaf = (tag: string, content: Uint8Array): Stanza => ({ tag, attrs: {}, content })

const readSignedKey = (skey: Stanza | undefined): SignedKey => ({
  keyId: childNumber(skey, 'id'),
  publicKey: childBytes(skey, 'value'),
  signature: childBytes(skey, 'signature'),
})

export class KeyServer {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** False if the server refuses the upload. */
  upload(device: LinkedDevice, iq: Stanza): boolean {
    if (!childBytes(iq, 'identity').subarray(-32).equals(device.identity)) {
      this.#services.violations.record(
        'bad-signature',
        `${device.jid} uploaded keys for another identity than it was linked with`,
      )
      return false
    }
    if (!this.rotate(device, iq)) return false
    device.registrationId = childNumber(iq, 'registration')
    const keys = getBinaryNodeChildren(getBinaryNodeChild(iq, 'list'), 'key')
    for (const key of keys) this.#shelve(device, childNumber(key, 'id'), childBytes(key, 'value'))
    device.preKeysArrived()
    this.#services.happenings.tell('prekeys-uploaded', { phone: device.phone, count: keys.length })
    return true
  }

  /** Takes the signed pre-key in `parent` if its signature is good. */
  rotate(device: LinkedDevice, parent: Stanza | undefined): boolean {
    const key = readSignedKey(getBinaryNodeChild(parent, 'skey'))
    if (isSignedPreKeyGood(device.identity, key)) {
      device.signedPreKey = key
      return true
    }
    this.#services.violations.record('bad-signature', `${device.jid} uploaded signed pre-key ${key.keyId} with a bad signature`)
    return false
  }

  bundles(asker: LinkedDevice, request: Stanza): Stanza[] {
    if (this.#services.faults.takeMissingBundles(asker.phone)) return []
    return getBinaryNodeChildren(request, 'user').map(({ attrs: { jid = '' } }) => this.#bundleFor(asker, jid))
  }

  digest(device: LinkedDevice): Stanza {
    return { tag: 'digest', attrs: {}, content: [leaf('registration', encodeBigEndian(device.registrationId))] }
  }

  #shelve(device: LinkedDevice, id: number, key: Buffer): void {
    if (device.preKeys.add(id, key)) return
    this.#services.violations.record('prekey-reuse', `${device.jid} uploaded pre-key ${id} again, with another key`)
  }

  #bundleFor(asker: LinkedDevice, jid: string): Stanza {
    const isGone = this.#services.faults.takeMissingKeys(asker.phone)
    const content = isGone ? undefined : (this.#companionBundle(jid) ?? this.#handsetBundle(asker, jid))
    const unavailable = [{ tag: 'error', attrs: { code: '406', text: 'not-acceptable' } }]
    return { tag: 'user', attrs: { jid }, content: content ?? unavailable }
  }

  #handsetBundle(asker: LinkedDevice, jid: string): Stanza[] | undefined {
    const handset = this.#services.world.findHandset(jid)?.handset
    if (!handset) return undefined
    handset.sessions.preKeyTaken(asker)
    const bundle = handset.endpoint.makeBundle()
    return [
      leaf('registration', encodeBigEndian(bundle.registrationId)),
      leaf('type', KEY_BUNDLE_TYPE),
      leaf('identity', bundle.identity),
      xmppPreKey(bundle.preKey.pair, bundle.preKey.id),
      xmppSignedPreKey(bundle.signedPreKey),
    ]
  }

  #companionBundle(jid: string): Stanza[] | undefined {
    const bundle = this.#services.world.findDevice(jid)?.takeBundle()
    if (!bundle) return undefined
    const { signedPreKey, preKey } = bundle
    const key = (tag: string, id: number, value: Uint8Array, ...more: Stanza[]): Stanza => ({
      tag,
      attrs: {},
      content: [leaf('id', encodeBigEndian(id, 3)), leaf('value', value.subarray(-32)), ...more],
    })
    return [
      leaf('registration', encodeBigEndian(bundle.registrationId)),
      leaf('type', KEY_BUNDLE_TYPE),
      leaf('identity', bundle.identityKey.subarray(-32)),
      ...(preKey ? [key('key', preKey.keyId, preKey.publicKey)] : []),
      key('skey', signedPreKey.keyId, signedPreKey.publicKey, leaf('signature', signedPreKey.signature)),
    ]
  }
}
