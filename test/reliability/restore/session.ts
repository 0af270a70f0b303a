import type { StateImage } from '@holdfast/core/journal/state-image'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { checkpointFolder, sequenceId } from '@holdfast/core/session/ids'
import { sessionPath } from '@holdfast/core/session/session-document'
import { OwnedDevice } from '../../../runner/src/whatsapp/baileys/testing/owned-device.ts'
import { rekeyedState } from '../../../runner/src/whatsapp/baileys/signal/rekey.ts'
import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { type GivenParts, RunnerUnderTest } from '../../support/engine/runner-under-test.ts'
import { People, type Talk } from './people.ts'
import { RunnerStores, type Stores } from './stores.ts'
import type { Damageable } from './damageable.ts'

/** Longer than the runners' `deadAfterMs`. */
const UNTIL_DEAD_MS = 120_000

/** A runner that holds the session, with the session's device once it has dialled. */
export interface Life {
  readonly runner: RunnerUnderTest
  readonly stores: RunnerStores
  /** The state that the runner read last. */
  given: GivenParts | null
}

/** A session with its people, whose owners are runners of the product in this process. */
export class DrilledSession implements Damageable {
  readonly sessionId: string
  readonly people: People
  readonly stores: Stores
  readonly #wrappingKey: KeyWrapping
  readonly #random: SeededRandom
  #identity: string | null = null
  /** The first record that has the credentials of the linked device. */
  linkedAt = 0

  constructor(options: { stores: Stores; wrappingKey: KeyWrapping; random: SeededRandom; name: string }) {
    this.sessionId = `default.${options.name}`
    this.stores = options.stores
    this.#wrappingKey = options.wrappingKey
    this.#random = options.random
    this.people = new People(2 + Math.floor(options.random.between(0, 2)))
  }

  get journal(): string {
    return journalPath(this.sessionId)
  }

  get folder(): string {
    return checkpointFolder(this.sessionId)
  }

  get document(): Readonly<Record<string, unknown>> {
    return this.stores.fieldsOf(sessionPath(this.sessionId)) ?? {}
  }

  /** Whether it is not the device that was linked. */
  isOther(device: OwnedDevice): boolean {
    return this.#identity !== device.identity
  }

  async write(seq: number, fields: Fields | null): Promise<void> {
    const path = `${this.journal}/${sequenceId(seq)}`
    const creation = fields ? [{ kind: 'create' as const, path, fields }] : []
    await this.stores.commit([{ kind: 'delete', path }, ...creation])
  }

  async replace(name: string, bytes: Buffer | null, how: { readonly inPlace: boolean }): Promise<void> {
    this.stores.damage(name, bytes, how)
  }

  async create(): Promise<void> {
    const [tenant, name] = this.sessionId.split('.')
    const fields = { v: 1, tenant, name, wanted: 'online', config: {}, createdAt: SERVER_TIME, runnerId: null }
    await this.stores.commit([{ kind: 'create', path: sessionPath(this.sessionId), fields }])
  }

  /** Starts a runner, which takes the session when it can. */
  async begin(): Promise<Life> {
    const stores = new RunnerStores(this.stores)
    const found: { given: GivenParts | null } = { given: null }
    const runner = new RunnerUnderTest({
      documents: stores,
      objects: stores.objects,
      wrappingKey: this.#wrappingKey,
      checkpoints: { everyRecords: Math.floor(this.#random.between(6, 24)), everyMs: 3_600_000 },
      rekey: (image, lost) => rekeyedState(image, lost, systemClock.now()),
      onClient: (given) => (found.given = given),
      onDial: () => this.stores.stir(),
    })
    await runner.supervisor.start()
    return Object.assign(found, { runner, stores })
  }

  /** Lives through one ownership: so many messages, and an end in order or by a crash. */
  async live(messages: number, end: 'leaves' | 'dies'): Promise<StateImage> {
    const life = await this.begin()
    await this.stores.until(() => life.runner.dials.length > 0, 'a dial')
    const device = this.device(life)
    if (device.isNew) await this.#link(device, life)
    await this.talk(device, life, messages)
    const { image, journal } = (life.given as GivenParts).state
    await journal.whenDurable()
    await this.end(life, end)
    return image
  }

  /** The device of the state that the runner holds now. */
  device({ given }: Life): OwnedDevice {
    return new OwnedDevice(given as GivenParts)
  }

  talk(device: OwnedDevice, life: Life, messages: number): Promise<Talk> {
    return this.people.talk(device, this.#random, messages, whenSafe(life))
  }

  talkToEach(device: OwnedDevice, life: Life): Promise<Talk> {
    return this.people.talkToEach(device, this.#random, whenSafe(life))
  }

  async end({ runner, stores }: Life, how: 'leaves' | 'dies'): Promise<void> {
    if (how === 'dies') stores.die()
    await runner.leave()
    if (how === 'dies') this.stores.pass(UNTIL_DEAD_MS)
  }

  async #link(device: OwnedDevice, life: Life): Promise<void> {
    this.#identity = device.identity
    device.link()
    await whenSafe(life)()
    this.linkedAt = (life.given as GivenParts).state.journal.head.sequence
  }
}

const whenSafe = ({ given }: Life) => {
  const { journal } = (given as GivenParts).state
  return () => journal.whenDurable()
}
