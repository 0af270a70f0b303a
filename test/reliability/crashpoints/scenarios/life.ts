import { setTimeout as pause } from 'node:timers/promises'
import type { AccountState } from '../../../support/simulator-client.ts'
import type { Chats } from '../chats.ts'
import type { Scenario } from '../scenario.ts'
import { untilSettled } from './settled.ts'

const LINK_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 50
/** The smallest value that a runner accepts. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
/** A runner retries a failed checkpoint after a minute. */
const CHECKPOINT_LIMIT_MS = 120_000
/** Enough messages for a checkpoint. The scenario sends them one by one, so that each makes a record. */
const MESSAGES_TO_CHECKPOINT = 8

const accountOf = async ({ stage, phone }: Chats): Promise<AccountState | undefined> =>
  (await stage.simulator.state()).accounts.find((account) => account.phone === phone)

const loginsOf = async (chats: Chats): Promise<number> => (await accountOf(chats))?.logins ?? 0

/** Returns whether the device has logged in; false when the simulator does not answer. */
const hasLoggedIn = (chats: Chats): Promise<boolean> =>
  loginsOf(chats).then(
    (logins) => logins > 0,
    () => false,
  )

/** Scans every new QR code until the device has logged in, and none after that. */
const pairing: Scenario = {
  name: 'pairing',
  struck: 'working',
  links: true,
  async act(chats) {
    const { stage, name, phone, contact } = chats
    await stage.simulator.createContact(contact, 'Contact')
    await chats.beginPhone()
    await stage.api.createSession(name)
    const deadline = performance.now() + LINK_LIMIT_MS
    for (let shown = ''; !(await hasLoggedIn(chats)) && performance.now() < deadline; await pause(LOOK_EVERY_MS)) {
      try {
        const qr = await stage.api.qrCode(name)
        if (qr === null || qr === shown) continue
        await stage.simulator.scan(phone, qr)
        chats.scans++
        shown = qr
      } catch {
        // The code belongs to an old connection, or the API or the simulator is busy. The session shows a code again.
      }
    }
  },
}

const login: Scenario = {
  name: 'login',
  about: 'start',
  struck: 'working',
  async act(chats) {
    chats.loginsBefore = await loginsOf(chats)
    await chats.stage.simulator.orderFault({ account: chats.phone, kind: 'drop' })
  },
  isOver: async (chats) => (await loginsOf(chats)) > chats.loginsBefore,
}

const LOW_PRE_KEYS = 3

const preKeyRefill: Scenario = {
  name: 'pre-keys',
  struck: 'working',
  async act(chats) {
    chats.notice = chats.nextText('low')
    const content = [{ tag: 'count', attrs: { value: String(LOW_PRE_KEYS) } }]
    const attrs = { id: chats.notice, from: '@s.whatsapp.net', type: 'encrypt' }
    await chats.stage.simulator.putStanza(chats.phone, { tag: 'notification', attrs, content })
  },
  isOver: async (chats) => {
    const notice = (await accountOf(chats))?.watched.find(({ id }) => id === chats.notice)
    return notice?.answers.includes('ack') ?? false
  },
}

/** Changes the push name of the phone, which is part of the credentials. */
const credsChange: Scenario = {
  name: 'credentials',
  struck: 'working',
  act: (chats) => chats.stage.post(`/phones/${chats.phone}/app-state`, { pushName: chats.nextText('name') }),
}

const pointerOf = ({ stage, sessionId }: Chats) => stage.stored.checkpoint(sessionId)

const checkpoint: Scenario = {
  name: 'checkpoint',
  struck: 'working',
  runnerEnv: FREQUENT_CHECKPOINTS,
  recoveryLimitMs: CHECKPOINT_LIMIT_MS,
  async prepare(chats) {
    chats.pointerBefore = await pointerOf(chats)
  },
  async act(chats) {
    for (let count = 0; count < MESSAGES_TO_CHECKPOINT; count++) {
      await chats.send()
      await chats.receive()
      await pause(LOOK_EVERY_MS)
    }
  },
  isOver: async (chats) => (await pointerOf(chats)) !== chats.pointerBefore,
}

/** Claims a session that has unsettled messages in both directions. */
const claim: Scenario = {
  name: 'claim',
  about: 'start',
  struck: 'next',
  isWhole: true,
  async meanwhile(chats) {
    await chats.send()
    await chats.receive()
  },
}

const leave = ({ stage }: Chats): void => {
  if (!stage.isGone(stage.pid)) process.kill(stage.pid, 'SIGTERM')
}

const handOver: Scenario = {
  name: 'hand-over',
  struck: 'working',
  act: async (chats) => leave(chats),
  isOver: async ({ stage }) => stage.isGone(stage.armedPid),
}

/** Drains the runner in the middle of the traffic. */
const drain: Scenario = {
  name: 'drain',
  struck: 'working',
  async act(chats) {
    const work = [chats.send(), chats.receive(), chats.send(await chats.newContact()), chats.receiveMany(5)]
    await Promise.all(work)
    await pause(3 * LOOK_EVERY_MS)
    leave(chats)
    await chats.send()
  },
  isOver: async ({ stage }) => stage.isGone(stage.armedPid),
}

/** Deletes the newest checkpoint while no process runs. */
const restore: Scenario = {
  name: 'restore',
  struck: 'next',
  diedAt: [
    'commit checkpoint record',
    'commit checkpoint record with session',
    'commit data record with session',
    'object create checkpoint',
    'object read checkpoint',
    'query journal',
  ],
  runnerEnv: FREQUENT_CHECKPOINTS,
  recoveryLimitMs: CHECKPOINT_LIMIT_MS,
  async prepare(chats) {
    const first = await pointerOf(chats)
    const deadline = performance.now() + LINK_LIMIT_MS
    const done = async () => {
      const now = await pointerOf(chats)
      return now !== null && (chats.hadTwoCheckpoints || (first !== null && now !== first))
    }
    while (!(await done()) && performance.now() < deadline) {
      await chats.send()
      await chats.receive()
      await pause(4 * LOOK_EVERY_MS)
    }
    chats.hadTwoCheckpoints = true
  },
  async meanwhile(chats) {
    const { storage, bucket } = chats.stage.sandbox.info
    chats.pointerBefore = await pointerOf(chats)
    const name = encodeURIComponent(chats.pointerBefore ?? '')
    const answer = await fetch(`${storage}/storage/v1/b/${bucket}/o/${name}`, { method: 'DELETE' })
    if (!answer.ok) throw new Error(`The newest checkpoint could not be deleted: ${answer.status}`)
  },
  isOver: async (chats) => (await pointerOf(chats)) !== chats.pointerBefore,
}

/** Returns the number of a data record behind the newest checkpoint whose neighbours are data records too; 0 without one. */
async function recordToLose({ stage, sessionId }: Chats): Promise<number> {
  const { checkpointed } = await stage.stored.logEnds(sessionId)
  const records = await stage.stored.journal(sessionId)
  const kindOf = new Map(records.map(({ seq, kind }) => [seq, kind]))
  const isData = (seq: number) => kindOf.get(seq) === 'data'
  return records.findLast(({ seq }) => seq > checkpointed + 1 && [seq - 1, seq, seq + 1].every(isData))?.seq ?? 0
}

/** Deletes a record in the middle of the journal for good; an operator then approves the restore with its losses. */
const approvedRestore: Scenario = {
  name: 'approved-restore',
  struck: 'working',
  diedAt: [
    'commit data record with recovery action',
    'commit restore record',
    'commit restore record with session',
    'frame out iq set encrypt registration',
    'listen recovery action by state',
    'object create checkpoint',
    'object read checkpoint',
    'query journal',
    'read recovery action',
  ],
  async prepare(chats) {
    const { stage, sessionId } = chats
    const deadline = performance.now() + LINK_LIMIT_MS
    for (; (await recordToLose(chats)) === 0 && performance.now() < deadline; await pause(4 * LOOK_EVERY_MS)) {
      await chats.send()
      await chats.receive()
    }
    await untilSettled(chats)
    await stage.strike('SIGKILL')
    chats.mayBeUnreadable = true
    chats.lostRecord = await recordToLose(chats)
    await stage.stored.loseRecord(sessionId, chats.lostRecord)
    await stage.go(null)
    while ((await stage.stored.sessionState(sessionId)) !== 'NEEDS_ATTENTION') await pause(LOOK_EVERY_MS)
  },
  act: ({ stage, name }) => stage.api.approveRestore(name),
  async isOver({ stage, sessionId, lostRecord }) {
    const records = await stage.stored.journal(sessionId)
    return records.some(({ seq, kind }) => kind === 'restore' && seq > lostRecord)
  },
}

/** The scenarios of a session's life, the slowest first. */
export const LIFE: readonly Scenario[] = [
  claim,
  login,
  pairing,
  restore,
  checkpoint,
  approvedRestore,
  handOver,
  drain,
  preKeyRefill,
  credsChange,
]
