// Questions of clients (`iq`) and their answers. An unknown question gets an empty result.
import type { Connection } from './connection.ts'
import type { Faults } from './faults.ts'
import type { GroupChanges } from './group-changes.ts'
import { groupOrders } from './group-orders.ts'
import { tellGroup } from './group-queries.ts'
import { KeyServer } from './key-server.ts'
import type { LinkedDevice } from './linked-device.ts'
import { answerLimits } from './limits.ts'
import { unlink } from './login.ts'
import type { Order } from './order.ts'
import { profileOrders } from './profiles.ts'
import type { Uploads } from './media/uploads.ts'
import type { Services } from './services.ts'
import { firstChild, SERVER } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import type { PhoneSync } from './sync/phone-sync.ts'
import { answerUsync } from './usync.ts'
import type { Account } from './account.ts'

class Question implements Order {
  readonly connection: Connection
  readonly account: Account
  readonly device: LinkedDevice
  readonly iq: Stanza
  readonly uploads: Uploads

  constructor(connection: Connection, account: Account, device: LinkedDevice, { iq, uploads }: { iq: Stanza; uploads: Uploads }) {
    this.uploads = uploads
    this.connection = connection
    this.account = account
    this.device = device
    this.iq = iq
  }

  get child(): Stanza {
    return firstChild(this.iq) ?? { tag: '', attrs: {} }
  }

  get kind(): string {
    return [this.iq.attrs.type, this.iq.attrs.xmlns, this.child.tag].join(' ').trim()
  }

  answer(content?: Stanza[]): void {
    const result = { tag: 'iq', attrs: { ...this.#address(), type: 'result' } }
    this.connection.send(content ? { ...result, content } : result)
  }

  refuse(code = '406', text = 'not-acceptable'): void {
    const error = { tag: 'error', attrs: { code, text } }
    this.connection.send({ tag: 'iq', attrs: { ...this.#address(), type: 'error' }, content: [error] })
  }

  #address(): { id: string; from: string } {
    const { id = '', to = SERVER } = this.iq.attrs
    return { id, from: to }
  }
}

type Answers = Record<string, (question: Question) => void>

const keyAnswers = (keys: KeyServer, faults: Faults): Answers => ({
  'get encrypt count': (q) => q.answer([{ tag: 'count', attrs: { value: String(q.device.preKeys.count) } }]),
  'get encrypt digest': (q) =>
    faults.takeMissingDigest(q.account.phone) ? q.refuse('404', 'item-not-found') : q.answer([keys.digest(q.device)]),
  'get encrypt key': (q) => q.answer([{ tag: 'list', attrs: {}, content: keys.bundles(q.device, q.child) }]),
  'set encrypt registration': (q) => (keys.upload(q.device, q.iq) ? q.answer() : q.refuse()),
  'set encrypt rotate': (q) => (keys.rotate(q.device, q.child) ? q.answer() : q.refuse()),
})

/** Answers to a client's questions at login, for an account without any content. */
const PROPS = { tag: 'props', attrs: { protocol: '1', ab_key: '5,', hash: 'simulator', refresh: '86400' } }
const PRIVACY = { tag: 'privacy', attrs: {}, content: [{ tag: 'category', attrs: { name: 'readreceipts', value: 'all' } }] }

const accountAnswers: Answers = {
  'get abt props': (q) => q.answer([{ ...PROPS, content: [{ tag: 'prop', attrs: { config_code: '1', config_value: '1' } }] }]),
  'get privacy privacy': (q) => q.answer([PRIVACY]),
  'set urn:xmpp:whatsapp:dirty clean': (q) => {
    const { type = '', timestamp } = q.child.attrs
    q.device.dirty.clean(type, timestamp === undefined ? undefined : Number(timestamp))
    q.answer()
  },
  'get w:mex query': (q) => {
    const { account } = q
    const next = account.behindAnswer
    account.behindAnswer = undefined
    q.connection.inOnePiece(() => {
      q.answer(answerLimits(account, q.child))
      next?.()
    })
  },
  'set w:m media_conn': (q) => q.answer([q.uploads.ticketFor(q.account.phone)]),
  'set md remove-companion-device': (q) => {
    q.answer()
    unlink(q.account, q.device, q.connection)
  },
}

/** Begins to deliver to a client. */
const activate = (sync: PhoneSync, account: Account, device: LinkedDevice): void => {
  device.queue.activate()
  device.dirty.tell(device.queue.line)
  sync.greet(account, device)
}

const deliveryAnswers = (services: Services, sync: PhoneSync): Answers => ({
  'set w:sync:app:state sync': (q) => q.answer([sync.appState.answer(q.account, q.device, q.child)]),
  'get usync usync': (q) => q.answer([answerUsync(services, q, q.child)]),
  'set passive active': (q) => {
    q.answer()
    activate(sync, q.account, q.device)
  },
})

const groupAnswers = ({ world, faults }: Services): Answers => ({
  'get w:g2 query': (q) => {
    const group = world.groups.get(q.iq.attrs.to ?? '')
    if (!group) return q.refuse('404', 'item-not-found')
    if (!group.has(q.account)) return q.refuse('403', 'forbidden')
    const answer = tellGroup(q.device, group)
    q.answer([faults.takeMissingParticipants(q.account.phone) ? { ...answer, content: [] } : answer])
  },
  'get w:g2 participating': (q) => {
    const own = [...world.groups.values()].filter((group) => group.has(q.account))
    q.answer([{ tag: 'groups', attrs: {}, content: own.map((group) => tellGroup(q.device, group)) }])
  },
})

export class Queries {
  readonly #services: Services
  readonly #sync: PhoneSync
  readonly #answers: ReadonlyMap<string, (question: Question) => void>

  constructor(services: Services, sync: PhoneSync, groups: GroupChanges) {
    this.#services = services
    this.#sync = sync
    const own = { ...keyAnswers(new KeyServer(services), services.faults), ...accountAnswers }
    const orders = { ...groupOrders(services.world, groups), ...profileOrders(services.world) }
    const all = { ...own, ...deliveryAnswers(services, sync), ...groupAnswers(services), ...orders }
    this.#answers = new Map(Object.entries(all))
  }

  /** A client that logs in with `passive: false` gets everything at once. */
  loggedIn(account: Account, device: LinkedDevice, isPassive: boolean): void {
    if (!isPassive) activate(this.#sync, account, device)
  }

  take(connection: Connection, account: Account, device: LinkedDevice, iq: Stanza): void {
    const { id = '', type = '' } = iq.attrs
    if (type === 'result' || type === 'error') return device.watched.answered(id, type)
    const question = new Question(connection, account, device, { iq, uploads: this.#services.uploads })
    if (this.#services.faults.takeUnanswered(account.phone, question.child.tag)) return
    const known = this.#answers.get(question.kind)
    if (known) known(question)
    else question.answer()
  }
}
