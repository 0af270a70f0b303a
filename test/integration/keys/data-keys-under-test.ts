import { randomBytes } from 'node:crypto'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { newSessionKeys } from '@holdfast/core/security/envelope'
import { DATA_KEY_WAITS_MS, sessionKeyDocumentSchema, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { WrappingKeys } from '@holdfast/core/security/wrapping-keys'
import { newSession } from '@holdfast/core/session/new-session'
import { sessionPath } from '@holdfast/core/session/session-document'
import { addNextKey } from '../../../functions/src/use-cases/keys/data-keys.ts'
import { maintain } from '../../../functions/src/use-cases/maintain.ts'
import type { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { type MovingOwner, ownSession } from '../../../runner/src/moving/new-owner.ts'
import { encodeCreds, newCreds } from '../../../runner/src/whatsapp/baileys/signal/codec.ts'
import { CutDocuments, CutObjects } from '../queue/cut-stores.ts'

export const ID = 'default.main'

const OLDER = { label: 'v1', key: randomBytes(32) }
const NEWER = { label: 'v2', key: randomBytes(32) }

/** A session in memory, its owners, and what the API does with its keys. */
export class KeyWorld {
  readonly documents = new CutDocuments()
  readonly objects = new CutObjects(this.documents.cutter)
  readonly journals = new DocumentJournals(this.documents)
  /** What wraps, and what opens. */
  wrappingKey = new WrappingKeys([OLDER])
  #hours = 0

  get clock(): Clock {
    return { ...systemClock, now: () => systemClock.now() + this.#hours * 60 * 60_000, monotonic: () => systemClock.monotonic() }
  }

  get stores() {
    const { documents, objects, journals, wrappingKey, clock } = this
    return { documents, objects, journals, wrappingKey, clock, random: systemRandom, logger: createLogger('test', 'silent') }
  }

  static async create(): Promise<KeyWorld> {
    const world = new KeyWorld()
    await world.documents.commit([
      { kind: 'create', path: sessionPath(ID), fields: { ...newSession('default', 'main', 'offline') } },
      { kind: 'create', path: sessionKeyPath(ID), fields: { ...(await newSessionKeys(ID, world.wrappingKey)) } },
    ])
    return world
  }

  /** From now on another key wraps. The earlier one still opens. */
  changeWrappingKey(): void {
    this.wrappingKey = new WrappingKeys([NEWER, OLDER])
  }

  /** Claims the session and reads its state, as a runner does that has just started. */
  own(): Promise<MovingOwner> {
    return ownSession(this.stores, ID, () => true)
  }

  /** Asks for the next data key, as the API does. */
  async addKey() {
    const snapshot = await this.documents.read(sessionKeyPath(ID))
    if (!snapshot) throw new Error('The session has no keys.')
    return addNextKey(this.stores, snapshot)
  }

  /** Lets the time pass that a data key waits. */
  wait(): void {
    this.#hours += Math.ceil(DATA_KEY_WAITS_MS / (60 * 60_000))
  }

  /** What a night of maintenance does, with this `DATA_KEY_MAX_AGE_DAYS`. */
  night(dataKeyMaxAgeDays: number | null): Promise<void> {
    const tenants = { settingsOf: () => Promise.resolve(DEFAULT_TENANT_SETTINGS) } as unknown as TenantDirectory
    return maintain({ ...this.stores, archives: null, tenants, dataKeyMaxAgeDays })
  }

  pass(days: number): void {
    this.#hours += 24 * days
  }

  async keys() {
    return sessionKeyDocumentSchema.parse((await this.documents.read(sessionKeyPath(ID)))?.fields)
  }

  /** The data keys of the sealed records, in the order of the log. */
  async versionsInLog(): Promise<number[]> {
    const records = await this.documents.query({ collection: journalPath(ID) })
    return records.map(({ fields }) => Number(fields['keyVersion'])).filter((version) => version > 0)
  }

  /** The header of the newest checkpoint. */
  async newestHeader(): Promise<{ keyVersion: number; keys: { current: number; keys: Record<string, { wrappedBy: string }> } }> {
    const name = (await this.objects.list(`sessions/${ID}/`)).at(-1) ?? ''
    const [head = ''] = ((await this.objects.read(name))?.bytes.toString('latin1') ?? '').split('\n')
    return JSON.parse(head) as never
  }
}

/** Makes changes, each in a record of its own. */
export async function change({ state }: MovingOwner, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) await state.journal.whenDurable(state.change({ keys: { 'lid-mapping': { [id]: JSON.stringify(id) } } }))
}

export const link = ({ state }: MovingOwner): Promise<void> =>
  state.journal.whenDurable(state.change({ creds: encodeCreds(newCreds()) }))

export const idsIn = ({ state }: MovingOwner): string[] => [...state.image.entries('lid-mapping')].map(([id]) => id).toSorted()
