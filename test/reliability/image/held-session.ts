import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Backends,
  productEnvironment,
  runnerEnvironment,
  storageEnvironment,
  whatsappEnvironment,
} from '../../../sandbox/environment.ts'
import type { Identity } from '../../../sandbox/folder.ts'
import { freePort } from '../../../sandbox/ports.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { linkSession } from '../../support/linked-session.ts'
import { World } from '../../support/world.ts'
import { Container, type MountedImage } from './container.ts'

const SESSION = 'held'
const PHONE = '5511900000001'
const CONTACT = '5511900000002'
const LOOK_EVERY_MS = 100
const LIMIT_MS = 60_000

/** Loaded before the image's program, so that it dials the simulator. The limit comes first, as in the image's own entry. */
const MODULES = ['/app/runner/src/whatsapp/baileys/patches/inflate-limit.ts', '/mnt/trust-simulator.ts']

/** Containers of an image in a sandbox that has no runners of its own, and one session that they hold. */
export class HeldSession {
  readonly #world: World
  readonly #image: MountedImage
  #messages = 0

  private constructor(world: World, image: MountedImage) {
    this.#world = world
    this.#image = image
  }

  static async open(sandbox: Sandbox, image: MountedImage): Promise<HeldSession> {
    return new HeldSession(await World.of(sandbox), image)
  }

  /** Starts a container that dials the simulator. The same name is the same place: a process there follows the one before. */
  async start(name: string): Promise<Container> {
    return await this.startAsItIs(name, { NODE_OPTIONS: MODULES.map((module) => `--import=file://${module}`).join(' ') })
  }

  /** Starts a container with no module of the sandbox. It can hold no session: it would dial WhatsApp. */
  async startAsItIs(name: string, more: Readonly<Record<string, string>> = {}): Promise<Container> {
    const { sandbox } = this.#world
    const identity = JSON.parse(readFileSync(join(sandbox.folder, 'identity.json'), 'utf8')) as Identity
    const { firestore, storage, tasks, api } = sandbox.info
    const backends: Backends = { firestore, storage, tasks }
    const { url, root } = await this.#world.whatsappAddress()
    const { NODE_EXTRA_CA_CERTS: _, NODE_COMPILE_CACHE: __, ...product } = productEnvironment(identity, backends, api ?? '')
    return new Container(this.#image, {
      ...product,
      ...storageEnvironment('hybrid', identity, ''),
      ...runnerEnvironment(identity, { name, probePort: await freePort(), neutralPort: await freePort() }),
      ...whatsappEnvironment({ url, root, media: null }),
      ...more,
    })
  }

  async link(): Promise<void> {
    await this.#world.simulator.createContact(CONTACT, 'Ana')
    await linkSession(this.#world.api, this.#world.simulator, { name: SESSION, phone: PHONE })
  }

  /** Sends a message and receives another one. Throws when either does not arrive. */
  async exchange(): Promise<void> {
    const { api, simulator } = this.#world
    const text = `message ${++this.#messages}`
    const { id } = await api.sendText({ session: SESSION, chatId: `${CONTACT}@c.us`, text, idempotencyKey: text })
    await simulator.sendAsContact(CONTACT, PHONE, text)
    await until(`${text} was delivered`, async () => (await api.message(id)).status === 'delivered')
    await until(`${text} was received`, async () => JSON.stringify(await api.storedMessages(SESSION)).includes(text))
  }

  async owner(): Promise<string | null> {
    return (await this.#world.api.session(SESSION)).owner.runnerId
  }

  async untilOwnerIsNot(before: string | null): Promise<void> {
    await until('another runner owns the session', async () => ![before, null].includes(await this.owner()))
  }

  /** How often the phone was linked, and what the simulator did not like. */
  async account(): Promise<{ registrations: number; violations: number }> {
    const { accounts, violations } = await this.#world.simulator.state()
    const account = accounts.find(({ phone }) => phone === PHONE)
    return { registrations: account?.registrations ?? 0, violations: violations.length }
  }

  async close(): Promise<void> {
    await this.#world[Symbol.asyncDispose]()
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + LIMIT_MS; !(await isSo()); await pause(LOOK_EVERY_MS)) {
    if (performance.now() > deadline) throw new Error(`It did not happen in a minute: ${what}.`)
  }
}
