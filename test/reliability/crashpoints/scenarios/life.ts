import { setTimeout as pause } from 'node:timers/promises'
import type { AccountState } from '../../../support/simulator-client.ts'
import type { Chats } from '../chats.ts'
import type { Scenario } from '../scenario.ts'

const LINK_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 50
/** The fewest that a runner takes. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
/** One that fails is tried again a minute later. */
const CHECKPOINT_LIMIT_MS = 120_000
/** Enough for a checkpoint, sent one by one so that each makes a record. */
const MESSAGES_TO_CHECKPOINT = 8

const accountOf = async ({ stage, phone }: Chats): Promise<AccountState | undefined> =>
  (await stage.simulator.state()).accounts.find((account) => account.phone === phone)

const loginsOf = async (chats: Chats): Promise<number> => (await accountOf(chats))?.logins ?? 0

/** Not known, if nobody answers. */
const hasLoggedIn = (chats: Chats): Promise<boolean> =>
  loginsOf(chats).then(
    (logins) => logins > 0,
    () => false,
  )

/** Holds the phone before every QR code until the device has logged in; after that, nobody scans anything. */
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
        // It is the code of a connection that is gone or about to be replaced, or they are busy: it is shown again.
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

/** The name that the phone shows is part of the credentials. */
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

/** There was work left when the last owner died. */
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

/** It is told to leave in the middle of the traffic. */
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

/** The newest checkpoint is lost with the process. */
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
    if (!answer.ok) throw new Error(`The newest checkpoint could not be taken away: ${answer.status}`)
  },
  isOver: async (chats) => (await pointerOf(chats)) !== chats.pointerBefore,
}

/** A record behind the newest checkpoint with one right before and one right behind it, neither of them a claim; 0 if there is none. */
async function recordToLose({ stage, sessionId }: Chats): Promise<number> {
  const { checkpointed } = await stage.stored.logEnds(sessionId)
  const records = await stage.stored.journal(sessionId)
  const kindOf = new Map(records.map(({ seq, kind }) => [seq, kind]))
  const isData = (seq: number) => kindOf.get(seq) === 'data'
  return records.findLast(({ seq }) => seq > checkpointed + 1 && [seq - 1, seq, seq + 1].every(isData))?.seq ?? 0
}

/** In the middle of the journal a record is gone for good, and an operator agrees to what that costs. */
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

/** What the lost records tell of is with whom it is for: it is not what is looked for here. */
async function untilSettled({ stage, sessionId, sent, issued }: Chats): Promise<void> {
  const isStored = async () => {
    const ids = new Set(await stage.stored.messageIds(sessionId))
    return issued.every((id) => ids.has(id))
  }
  const isDelivered = async ({ jobId }: { jobId: string }) =>
    ['delivered', 'read'].includes((await stage.stored.jobStatus(jobId)) ?? '')
  while (!(await isStored()) || !(await Promise.all(sent.map(isDelivered))).every(Boolean)) await pause(LOOK_EVERY_MS)
}

/** Those that take longest first. */
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
