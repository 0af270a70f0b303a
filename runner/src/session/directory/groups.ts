import {
  ALL_GROUPS,
  allGroupsSchema,
  type Group,
  groupFingerprint,
  isGroupFingerprint,
  groupPath,
  groupsPath,
  sealGroup,
} from '@holdfast/core/operations/group-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, Fields, Merge } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { ConnectionEnded, type Connection } from '../../whatsapp/port.ts'
import { QuestionRefused } from '../../whatsapp/questions.ts'
import type { Entry } from '../journal/group.ts'

/** A group changes several times in a row. It is asked for once. */
const ASK_AFTER_MS = 1000
const ASK_AGAIN_AFTER_MS = 60_000
const RELIST_AFTER_MS = 24 * 60 * 60_000

/** The groups and bytes of one record. */
const MOST_IN_ENTRY = 50
const MOST_BYTES_IN_ENTRY = 500 * 1024

type Asked = Pick<Connection['questions'], 'groups' | 'group'>

interface Known {
  readonly fingerprint: string
  readonly isGone: boolean
}

/**
 * Keeps the documents of the groups of a session up to date, once somebody has asked for them. A change of a group marks its document as
 * stale, and then WhatsApp is asked for the group as it is: so nothing is lost by a crash, and no member is counted wrongly.
 */
export class Groups {
  readonly #options
  readonly #known = new Map<string, Known>()
  readonly #stale = new Set<string>()
  /** Rises with each change of a group, so that an older description of it leaves it stale. */
  readonly #changes = new Map<string, number>()
  /** Whether the stored groups are read. Until then nobody knows whether they are followed. */
  #isRead = false
  #isFollowed = false
  #listedAtMs = 0
  #loading: Promise<void> | null = null
  #questions: Asked | null = null
  #isAsking = false
  #isOver = false
  #cancelTimer: (() => void) | null = null
  #dueAtMs = 0

  constructor(options: {
    sessionId: string
    cipher: SessionCipher
    documents: DocumentStore
    clock: Clock
    logger: Logger
    append: (entry: Entry) => void
  }) {
    this.#options = options
  }

  connected(questions: Asked): void {
    this.#questions = questions
    this.#bringUpToDate()
  }

  disconnected(): void {
    this.#questions = null
  }

  /** Ends all work. Nothing more is written. */
  close(): void {
    this.#isOver = true
    this.#questions = null
    this.#cancelTimer?.()
  }

  /** WhatsApp told of a change of a group. */
  changed(group: string): void {
    this.#changes.set(group, (this.#changes.get(group) ?? 0) + 1)
    // Those that come before the stored groups are read are marked then.
    if (this.#isRead && this.#isFollowed) this.#mark(group)
  }

  #mark(group: string): void {
    if (this.#isOver) return
    if (!this.#stale.has(group)) void this.#write([{ id: group, fields: { v: 1, isStale: true } }])
    this.#stale.add(group)
    this.#schedule(ASK_AFTER_MS)
  }

  /** Asks WhatsApp for all groups, and stores them. Resolves when they can be read. */
  async list(): Promise<void> {
    if (!this.#questions) throw new Error('The session is not connected.')
    await this.#load()
    const before = new Map(this.#changes)
    const { groups } = await this.#questions.groups({})
    const listed = new Set(groups.map(({ id }) => id))
    const gone = [...this.#known].flatMap(([id, known]) => (known.isGone || listed.has(id) ? [] : id))
    const unchanged = (id: string): boolean => this.#changes.get(id) === before.get(id)
    const news = groups.filter((group) => this.#isNews(group))
    const writes = [
      ...news.map((group) => this.#described(group, !unchanged(group.id))),
      ...gone.filter(unchanged).map((id) => this.#removed(id)),
      { id: ALL_GROUPS, fields: { v: 1, listedAt: new Date(this.#options.clock.now()) } },
    ]
    this.#isFollowed = true
    this.#listedAtMs = this.#options.clock.now()
    for (const id of [...listed].filter(unchanged)) this.#stale.delete(id)
    for (const id of [...this.#changes.keys()].filter((one) => !unchanged(one))) this.#mark(id)
    await this.#write(writes)
  }

  /** Asks WhatsApp for one group, after a change that was made here. Resolves when it can be read. Does nothing while no group is stored. */
  async refresh(group: string): Promise<void> {
    await this.#load()
    if (!this.#isFollowed || !this.#questions) return
    const before = this.#changes.get(group)
    const write = await this.#describe(this.#questions, group, before)
    await this.#write([write])
  }

  async #describe(questions: Asked, id: string, before: number | undefined): Promise<Written> {
    try {
      const { group } = await questions.group({ group: id })
      const isStale = this.#changes.get(id) !== before
      if (!isStale) this.#stale.delete(id)
      return this.#described(group, isStale)
    } catch (error) {
      if (!isNoMember(error)) throw error
      this.#stale.delete(id)
      return this.#removed(id)
    }
  }

  #isNews(group: Group): boolean {
    const known = this.#known.get(group.id)
    if (this.#stale.has(group.id) || !known || known.isGone) return true
    return !isGroupFingerprint(this.#options.cipher, known.fingerprint, group)
  }

  #described(group: Group, isStale: boolean): Written {
    const { cipher } = this.#options
    const fingerprint = groupFingerprint(cipher, group)
    this.#known.set(group.id, { fingerprint, isGone: false })
    return { id: group.id, fields: { v: 1, content: sealGroup(cipher, group), fingerprint, isStale, isGone: false } }
  }

  #removed(id: string): Written {
    this.#known.set(id, { fingerprint: '', isGone: true })
    return { id, fields: { v: 1, content: null, fingerprint: '', isStale: false, isGone: true } }
  }

  /** Reads which groups are stored, once. */
  async #load(): Promise<void> {
    this.#loading ??= this.#read()
    try {
      await this.#loading
    } catch (error) {
      this.#loading = null
      throw error
    }
  }

  async #read(): Promise<void> {
    const { documents, sessionId } = this.#options
    const select = ['v', 'fingerprint', 'isStale', 'isGone', 'listedAt']
    for (const document of await documents.query({ collection: groupsPath(sessionId), select })) this.#take(document)
    this.#isRead = true
    if (this.#isFollowed) for (const id of this.#changes.keys()) this.#mark(id)
  }

  #take({ id, fields }: DocumentSnapshot): void {
    if (id === ALL_GROUPS) {
      this.#isFollowed = true
      this.#listedAtMs = allGroupsSchema.parse(fields).listedAt.getTime()
      return
    }
    const { fingerprint, isStale, isGone } = fields
    this.#known.set(id, { fingerprint: typeof fingerprint === 'string' ? fingerprint : '', isGone: isGone === true })
    if (isStale === true) this.#stale.add(id)
  }

  async #catchUp(): Promise<void> {
    await this.#load()
    if (!this.#isFollowed) return
    if (this.#options.clock.now() - this.#listedAtMs > RELIST_AFTER_MS) await this.list()
    await this.#askForStale()
  }

  /** Brings the groups up to date after this time, or earlier when that is planned. */
  #schedule(afterMs: number): void {
    const { clock } = this.#options
    const atMs = clock.monotonic() + afterMs
    if (this.#isOver || (this.#cancelTimer && this.#dueAtMs <= atMs)) return
    this.#cancelTimer?.()
    this.#dueAtMs = atMs
    this.#cancelTimer = clock.after(afterMs, () => this.#due(), 'groups')
  }

  #due(): void {
    this.#cancelTimer = null
    this.#bringUpToDate()
  }

  #bringUpToDate(): void {
    this.#catchUp().catch((error: unknown) => {
      this.#options.logger.info({ error }, 'The stored groups could not be brought up to date; that is tried again later.')
      this.#schedule(ASK_AGAIN_AFTER_MS)
    })
  }

  /** Asks for one group after the other. A group that cannot be described now is asked for again later, and keeps no other one waiting. */
  async #askForStale(): Promise<void> {
    if (this.#isAsking) return this.#schedule(ASK_AFTER_MS)
    this.#isAsking = true
    const failed = new Set<string>()
    try {
      for (const id of this.#stale) {
        if (!this.#questions || this.#isOver) return
        if (!(await this.#renew(this.#questions, id))) failed.add(id)
      }
    } finally {
      this.#isAsking = false
    }
    if (failed.size > 0) this.#schedule(ASK_AGAIN_AFTER_MS)
    if ([...this.#stale].some((id) => !failed.has(id))) this.#schedule(ASK_AFTER_MS)
  }

  /** @throws ConnectionEnded */
  async #renew(questions: Asked, id: string): Promise<boolean> {
    try {
      await this.#write([await this.#describe(questions, id, this.#changes.get(id))])
      return true
    } catch (error) {
      if (error instanceof ConnectionEnded) throw error
      this.#options.logger.info({ error }, 'WhatsApp did not describe a group that has changed; it is asked again later.')
      return false
    }
  }

  /** Writes documents of groups with records of their own. Resolves when all are written, or never will be. */
  async #write(documents: readonly Written[]): Promise<void> {
    if (this.#isOver) return
    await Promise.all(portionsOf(documents).map((portion) => this.#append(portion)))
  }

  #append(portion: readonly Written[]): Promise<void> {
    const { append, sessionId } = this.#options
    const merges = portion.map(({ id, fields }): Merge => ({ kind: 'merge', path: groupPath(sessionId, id), fields }))
    return new Promise((resolve) => {
      append({
        writes: () => merges,
        bytesOfWrites: portion.reduce((sum, one) => sum + bytesOf(one), 0),
        onWritten: resolve,
        onRefused: () => {
          for (const { id } of portion) this.#known.delete(id)
          resolve()
        },
        onEnd: () => resolve(),
      })
    })
  }
}

/** Whether WhatsApp says that the account is in no such group. Any other refusal may pass. */
const isNoMember = (error: unknown): boolean => error instanceof QuestionRefused && (error.status === 403 || error.status === 404)

interface Written {
  readonly id: string
  readonly fields: Fields
}

const bytesOf = ({ fields }: Written): number => 300 + ((fields['content'] as Uint8Array | null | undefined)?.length ?? 0)

/** Divides documents into those of one record each, in their order. */
function portionsOf(documents: readonly Written[]): Written[][] {
  const portions: Written[][] = []
  let bytes = 0
  for (const one of documents) {
    const last = portions.at(-1)
    bytes += bytesOf(one)
    if (last && last.length < MOST_IN_ENTRY && bytes <= MOST_BYTES_IN_ENTRY) last.push(one)
    else {
      portions.push([one])
      bytes = bytesOf(one)
    }
  }
  return portions
}
