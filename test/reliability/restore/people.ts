import { Contact } from '../../../runner/src/whatsapp/baileys/testing/contact.ts'
import type { OwnedDevice } from '../../../runner/src/whatsapp/baileys/testing/owned-device.ts'
import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'

const GROUP = '120363000000000001@g.us'

/** What came of messages since the last look. */
export interface Talk {
  /** Messages of the session that a recipient could not read. */
  undecryptable: number
  /** Messages to the session that it read only after it had asked for them again. */
  askedAgain: number
  /** Messages to the session that it could not even read then. */
  unreadable: number
  /** Numbers of pre-keys that WhatsApp's server has had from the session before. */
  repeated: number
}

const NOTHING: Readonly<Talk> = { undecryptable: 0, askedAgain: 0, unreadable: 0, repeated: 0 }

/**
 * The people whom a session writes with, and the group of all of them. They do as clients of WhatsApp do: whom the session asks again, begins
 * a new Signal session with the keys in the question, and sends the same message under the same id.
 */
export class People {
  readonly #contacts: readonly Contact[]
  readonly #met = new Set<Contact>()
  /** The numbers of all pre-keys that the session has given out. */
  readonly #numbers = new Set<number>()
  #messages = 0

  constructor(count: number) {
    this.#contacts = Array.from({ length: count }, (_, index) => new Contact(`551190000001${index}`, `20000000000001${index}`))
  }

  /** Exchanges so many messages. `whenSafe` waits until what the session did is durable. */
  async talk(device: OwnedDevice, random: SeededRandom, count: number, whenSafe: () => Promise<void>): Promise<Talk> {
    const talk: Talk = { ...NOTHING }
    for (let left = count; left > 0; left--) {
      const contact = random.pick(this.#contacts)
      const kind = random.pick(['hear', 'hear', 'say', 'say', 'say to all'] as const)
      if (kind === 'hear') await this.#hear(device, contact, talk, whenSafe)
      else if (kind === 'say') await this.#say(device, contact, talk, whenSafe)
      else await this.#sayToAll(device, talk, whenSafe)
    }
    await this.#giveKey(device, talk, whenSafe)
    return talk
  }

  /** Everybody writes to the session and hears from it, at random who first. */
  async talkToEach(device: OwnedDevice, random: SeededRandom, whenSafe: () => Promise<void>): Promise<Talk> {
    const talk: Talk = { ...NOTHING }
    for (const contact of this.#contacts) {
      const isHeardFirst = random.chance(0.5)
      if (isHeardFirst) await this.#hear(device, contact, talk, whenSafe)
      await this.#say(device, contact, talk, whenSafe)
      if (!isHeardFirst) await this.#hear(device, contact, talk, whenSafe)
    }
    await this.#sayToAll(device, talk, whenSafe)
    await this.#giveKey(device, talk, whenSafe)
    return talk
  }

  async #hear(device: OwnedDevice, contact: Contact, talk: Talk, whenSafe: () => Promise<void>): Promise<void> {
    const text = `to the session ${++this.#messages}`
    const id = `H${this.#messages}`
    await this.#meet(device, contact, talk, whenSafe)
    const read = await device.read(await contact.text(text, { id }))
    await whenSafe()
    if (read === text) return
    talk.askedAgain++
    const bundle = await this.#bundleOf(device, talk)
    await whenSafe()
    await nextMillisecond()
    await contact.openSession({ bundle: async () => bundle })
    if ((await device.read(await contact.text(text, { id }))) !== text) talk.unreadable++
    await whenSafe()
  }

  async #say(device: OwnedDevice, contact: Contact, talk: Talk, whenSafe: () => Promise<void>): Promise<void> {
    const text = `from the session ${++this.#messages}`
    await this.#meet(device, contact, talk, whenSafe)
    await nextMillisecond()
    const sent = await device.write(contact, text)
    await whenSafe()
    if ((await contact.read(sent).catch(() => null)) !== text) talk.undecryptable++
  }

  async #sayToAll(device: OwnedDevice, talk: Talk, whenSafe: () => Promise<void>): Promise<void> {
    const text = `to the group ${++this.#messages}`
    await nextMillisecond()
    const { ciphertext, keys } = await device.writeToGroup(GROUP, this.#contacts, text)
    await whenSafe()
    for (const contact of this.#contacts) {
      const key = keys.get(contact)
      if (key) await contact.takeGroupKey(key).catch(() => {})
      if ((await contact.readFromGroup(GROUP, ciphertext).catch(() => null)) !== text) talk.undecryptable++
    }
  }

  /** WhatsApp's server gets a further pre-key, which nobody asks for. */
  async #giveKey(device: OwnedDevice, talk: Talk, whenSafe: () => Promise<void>): Promise<void> {
    await this.#bundleOf(device, talk)
    await whenSafe()
  }

  async #bundleOf(device: OwnedDevice, talk: Talk) {
    const bundle = await device.bundle()
    const { keyId } = bundle.preKey
    if (this.#numbers.has(keyId)) talk.repeated++
    this.#numbers.add(keyId)
    return bundle
  }

  /** A contact writes the first time with a key that WhatsApp's server has of the session. */
  async #meet(device: OwnedDevice, contact: Contact, talk: Talk, whenSafe: () => Promise<void>): Promise<void> {
    if (this.#met.has(contact)) return
    this.#met.add(contact)
    await device.knows(contact)
    const bundle = await this.#bundleOf(device, talk)
    await whenSafe()
    await contact.openSession({ bundle: async () => bundle })
  }
}

/** Waits for another millisecond: libsignal orders a contact's sessions by the millisecond of their last use. */
async function nextMillisecond(): Promise<void> {
  const before = Date.now()
  while (Date.now() === before) await new Promise((resolve) => setImmediate(resolve))
}
