import { setTimeout as pause } from 'node:timers/promises'
import type { AccountState } from '../../outside/simulator-client.ts'
import type { Chats } from '../chats.ts'
import type { Scenario } from '../scenario.ts'

const LINK_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 50
/** The fewest that a runner takes. */
const FREQUENT_CHECKPOINTS = { CHECKPOINT_RECORDS: '16' }
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
  runnerEnv: FREQUENT_CHECKPOINTS,
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

export const LIFE: readonly Scenario[] = [checkpoint, handOver, drain, preKeyRefill, credsChange, claim, restore, login, pairing]
