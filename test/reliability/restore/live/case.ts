import { setTimeout as pause } from 'node:timers/promises'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { ChaosSession, World } from '../../chaos/world.ts'
import { foresee, type Foreseen } from '../foresee.ts'
import type { Drilled } from '../run.ts'
import { missingSince, repair, type Stored } from '../stored.ts'
import type { Hurt } from './hurt.ts'
import type { LiveStores } from './stores.ts'

/** What became of one session of a round. */
export interface LiveDrilled extends Drilled {
  readonly session: string
  /** Whether an operator agreed to lose something: contacts are asked again for what came meanwhile. */
  readonly isReturned: boolean
}

/** A session that lives through all rounds. */
export interface LiveSession extends ChaosSession {
  readonly sessionId: string
  readonly deviceJid: string | null
  /** The last record that no later restore may need. */
  notBefore: number
  /** What earlier cases have damaged and nobody has repaired: it may still be there, and it is not whole. */
  readonly leftDamaged: { readonly records: Set<number>; readonly objects: Set<string> }
}

interface Given {
  readonly world: World
  readonly stores: LiveStores
  readonly session: LiveSession
  readonly random: SeededRandom
  readonly seed: number
  readonly hurt: Hurt
}

const LOOK_EVERY_MS = 400
/** The share of sessions that nobody asks to go on. Each of them takes a minute. */
const GOES_ON_BY_ITSELF = 0.03
const LIMIT_MS = 180_000
/** States that no damage may lead to: somebody would have to scan a code. */
const NEW_IDENTITY: readonly string[] = ['NEW', 'PAIRING', 'LOGGED_OUT']

/**
 * Takes back the damage of a session that somebody took meanwhile: what that one found of it nobody knows. The session lives on, and its
 * turn comes later.
 */
export async function undo({
  world,
  stores,
  session,
  hurt,
}: Pick<Given, 'world' | 'stores' | 'session' | 'hurt'>): Promise<void> {
  const { sessionId } = session
  const now = await stores.stored(sessionId, hurt.whole.objects.keys())
  const trimmedTo = Math.max(now.trimmedTo, now.previousCheckpoint?.seq ?? 0)
  const records = new Map([...hurt.whole.records].filter(([seq]) => seq > trimmedTo))
  await repair(stores.damageable(sessionId, { isOwned: false }), { ...hurt.whole, records }, now)
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    const { state, sentence } = await stores.session(sessionId)
    if (state === 'CONNECTED') return
    if (performance.now() > deadline) throw new Error(`${sessionId} stays ${state} although nothing is damaged: ${sentence}`)
    if (state === 'NEEDS_ATTENTION') await world.sandbox.api(`/api/sessions/${session.name}/restart`, { json: {} })
    await pause(LOOK_EVERY_MS)
  }
}

/** Sees what the next owner, the API and an operator make of a damaged session while the rest of the fleet lives. */
export class LiveCase {
  readonly #given: Given
  readonly #foreseen: Foreseen
  readonly #wrong: string[] = []
  #end: Drilled['end'] = null
  #newIdentity = 0
  #deleted = 0
  #isReturned = false

  constructor(given: Given) {
    this.#given = given
    const { hurt, session } = given
    const left = [...session.leftDamaged.records].map((seq) => [seq, 'damaged'] as const)
    const damaged = {
      ...hurt.damaged,
      records: new Map([...left, ...hurt.damaged.records]),
      objects: new Set([...session.leftDamaged.objects, ...hurt.damaged.objects]),
    }
    this.#foreseen = foresee(hurt.whole, damaged, session.notBefore)
  }

  /** @param before what the stores have of the damaged session, before anybody takes it */
  async run(before: Stored): Promise<LiveDrilled> {
    await this.#run(before).catch((error: unknown) => {
      this.#wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    })
    const { seed, session, hurt } = this.#given
    return {
      seed,
      session: session.name,
      end: this.#end,
      what: hurt.damaged.what,
      wrong: this.#wrong,
      // Contacts count what they could not read over all rounds.
      undecryptable: 0,
      newIdentity: this.#newIdentity,
      deleted: this.#deleted,
      isReturned: this.#isReturned,
    }
  }

  async #run(before: Stored): Promise<void> {
    const { hurt } = this.#given
    const ended = await this.#untilState('an owner or a reason', ({ state, epoch }) =>
      state === 'CONNECTED' ? epoch > epochOf(hurt.whole) : state === 'NEEDS_ATTENTION',
    )
    this.#end = ended.state === 'CONNECTED' ? 'lossless' : 'waiting'
    await this.#checkNothingDeleted(before)
    const { reasons } = this.#foreseen
    const found = this.#end === 'waiting' ? ended.reason : 'no loss'
    const right: readonly string[] = reasons.length === 0 ? ['no loss'] : reasons
    if (!right.includes(found)) {
      const { reaches } = this.#foreseen
      this.#wrong.push(
        `It ends with ${found}, not with ${right.join(' or ')}; records ${reaches + 1} to ${hurt.whole.end} are lost.`,
      )
    }
    if (this.#end === 'waiting') {
      const mayApprove = await this.#checkEstimate()
      if (mayApprove && this.#given.random.chance(0.6)) await this.#approve(before)
      else await this.#repair()
    }
    if (this.#end === 'lossless' || this.#isReturned) this.#leave()
    await this.#checkDevice()
    await this.#talkToEach()
  }

  /** Compares what the API says of the loss with what was taken away. Returns whether there is something to approve. */
  async #checkEstimate(): Promise<boolean> {
    const { whole } = this.#given.hurt
    const { reaches, isRestorable, reasons } = this.#foreseen
    const mayRestore = isRestorable && !reasons.includes('journal-missing')
    const { status, body, ownClaims } = await this.#plan()
    if (status === 409) {
      if (mayRestore) this.#wrong.push(`The API refuses a restore that can be made: ${body.message}`)
      return false
    }
    if (!body.wouldLose) throw new Error(`The plan has no loss: ${status} ${JSON.stringify(body)}`)
    const { after, upTo, records } = body.wouldLose
    const right = [reaches, whole.end + ownClaims, whole.end + ownClaims - reaches].join()
    const found = [after, upTo, records].join()
    if (found !== right) this.#wrong.push(`The estimate is ${found}, not ${right}.`)
    if (!reasons.some((one) => one === body.reason)) this.#wrong.push(`The estimate gives the reason ${body.reason}.`)
    if (!mayRestore) this.#wrong.push('The API offers a restore without credentials.')
    return mayRestore
  }

  /** Asks what would be lost, while no owner adds a claim. */
  async #plan() {
    const { stores, session, hurt } = this.#given
    const claims = async (): Promise<number> =>
      [...(await stores.stored(session.sessionId)).records.keys()].filter((seq) => seq > hurt.whole.end).length
    for (;;) {
      const ownClaims = await claims()
      const answer = await this.#restore({})
      if ((await claims()) === ownClaims) return { ...answer, ownClaims }
    }
  }

  #restore(json: object): Promise<Answered> {
    return this.#ask(`/api/sessions/${this.#given.session.name}/restore`, json)
  }

  async #ask(path: string, json: object): Promise<Answered> {
    const response = await this.#given.world.sandbox.api(path, { json })
    return { status: response.status, body: (await response.json()) as PlanBody }
  }

  async #approve(before: Stored): Promise<void> {
    const { world, session, stores } = this.#given
    this.#isReturned = true
    const { status, body } = await this.#restore({ approve: true })
    if (!body.action) throw new Error(`No restore was requested: ${status} ${JSON.stringify(body)}`)
    const path = `/api/sessions/${session.name}/actions/${body.action.id}`
    const action = await this.#until(
      'the end of the restore',
      async () => (await (await world.sandbox.api(path)).json()) as { state: string },
      ({ state }) => !['pending', 'running'].includes(state),
    )
    if (action.state !== 'done') this.#wrong.push(`The approved restore ended: ${JSON.stringify(action)}`)
    await this.#untilState('a connection after the restore', ({ state }) => state === 'CONNECTED')
    await this.#checkNothingDeleted(before)
    const { putAside } = await stores.session(session.sessionId)
    session.notBefore = putAside.findLast(({ records }) => records !== null)?.records?.upTo ?? Number.POSITIVE_INFINITY
  }

  /** Nobody repairs what was not needed, or was given up. */
  #leave(): void {
    const { hurt, session } = this.#given
    for (const [seq, how] of hurt.damaged.records) if (how === 'damaged') session.leftDamaged.records.add(seq)
    for (const name of hurt.damaged.objects) session.leftDamaged.objects.add(name)
  }

  /** An operator brings everything back, and the session goes on: at once when it is asked to, and within a minute by itself. */
  async #repair(): Promise<void> {
    const { stores, session, hurt } = this.#given
    const { sessionId } = session
    await repair(
      stores.damageable(sessionId, { isOwned: false }),
      hurt.whole,
      await stores.stored(sessionId, hurt.whole.objects.keys()),
    )
    if (!this.#given.random.chance(GOES_ON_BY_ITSELF)) await this.#ask(`/api/sessions/${session.name}/restart`, {})
    await this.#untilState('a connection after the repair', ({ state }) => state === 'CONNECTED')
  }

  /** Nothing but what two checkpoints cover, which an owner trims. Nothing at all while it waits. */
  async #checkNothingDeleted(before: Stored): Promise<void> {
    const { stores, session } = this.#given
    const now = await stores.stored(session.sessionId, before.objects.keys())
    const { records, objects } = missingSince(before, now)
    const trimmedTo = Math.max(now.trimmedTo, now.previousCheckpoint?.seq ?? 0)
    const gone = records.filter((seq) => seq > trimmedTo || now.records.has(seq))
    const names = new Set([...now.earlier, ...now.objects.keys()])
    const earlier = before.earlier.filter((name) => !names.has(name))
    this.#deleted += gone.length + objects.length + earlier.length
    for (const one of [...gone.map((seq) => `record ${seq}`), ...objects, ...earlier])
      this.#wrong.push(`${one} is gone or was changed.`)
  }

  async #checkDevice(): Promise<void> {
    const { world, session } = this.#given
    const account = await world.simulator.account(session.phone)
    if (account?.registrations !== 1 || account.deviceJid !== session.deviceJid) this.#newIdentity++
  }

  /** Everybody writes to the session and hears from it. The end of the run tells what arrived. */
  async #talkToEach(): Promise<void> {
    const { world, session, seed } = this.#given
    const { api, simulator, ledger } = world
    for (const contact of session.contacts) {
      const text = `After the damage of seed ${seed}, ${contact}`
      const idempotencyKey = `drill-${seed}-${contact}`
      const sent = await api.sendText({ session: session.name, chatId: `${contact}@c.us`, text, idempotencyKey })
      ledger.accepted.push({ ...sent, session: session.name, contact, text })
      const id = await simulator.sendAsContact(contact, session.phone, text)
      ledger.issued.push({ id, session: session.name, contact, text })
    }
  }

  #untilState(what: string, isIt: (session: SessionDocument) => boolean): Promise<SessionDocument> {
    const { stores, session } = this.#given
    return this.#until(
      what,
      async () => {
        const found = await stores.session(session.sessionId)
        if (!NEW_IDENTITY.includes(found.state)) return found
        this.#newIdentity++
        throw new Error(`It is ${found.state}: ${found.sentence}`)
      },
      isIt,
    )
  }

  async #until<Found>(what: string, look: () => Promise<Found>, isIt: (found: Found) => boolean): Promise<Found> {
    const deadline = performance.now() + LIMIT_MS
    for (;;) {
      const found = await look()
      if (isIt(found)) return found
      if (performance.now() > deadline) throw new Error(`In vain waited for ${what}: ${JSON.stringify(found)}`)
      await pause(LOOK_EVERY_MS)
    }
  }
}

interface Answered {
  readonly status: number
  readonly body: PlanBody
}

interface PlanBody {
  readonly message?: string
  readonly reason?: string
  readonly wouldLose?: { readonly after: number; readonly upTo: number; readonly records: number }
  readonly action?: { readonly id: string }
}

/** The epoch of the owner that died. A damaged record can have any. */
const epochOf = ({ records }: Stored): number => Math.max(0, ...[...records.values()].map((fields) => Number(fields['epoch'])))
