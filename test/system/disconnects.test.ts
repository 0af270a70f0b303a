import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld

beforeAll(async () => {
  const runnerEnv = {
    QR_LIFETIME_MS: '500',
    MAX_PAIRING_ROUNDS: '3',
    RECONNECT_WHATSAPP_DELAYS_MS: '500',
    WHATSAPP_WEB_VERSION: '2.3000.1999999999',
  }
  world = await EngineWorld.start({ runnerEnv })
  // The first session warms up every part before many sessions start at once.
  await stop(await world.linked('first'))
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const loginsOf = async (chat: Chat): Promise<number> => (await chat.account()).logins

/** Counts the logins that WhatsApp accepted and those that it refused. */
const attemptsOf = (chat: Chat): number =>
  world.happened.filter(
    ({ type, phone, jid }) => (type === 'login' && phone === chat.phone) || (type === 'login-refused' && isOf(jid, chat)),
  ).length

const isOf = (jid: unknown, chat: Chat): boolean => typeof jid === 'string' && jid.startsWith(`${chat.phone}:`)

async function start({ name }: Chat): Promise<void> {
  expect((await world.sandbox.api(`/api/sessions/${name}/start`, { method: 'POST' })).status).toBe(201)
}

/** Stops a session that its test no longer needs, so that it does not reconnect during the next tests. */
async function stop({ name }: Chat): Promise<void> {
  expect((await world.sandbox.api(`/api/sessions/${name}/stop`, { method: 'POST' })).status).toBe(201)
}

async function scan(chat: Chat): Promise<void> {
  await eventually(async () => world.simulator.scan(chat.phone, (await world.api.qrCode(chat.name)) ?? ''))
}

/** Asserts that the session is connected, that its device is still the one linked first, and that messages flow. */
async function isWell(chat: Chat, registrations = 1): Promise<void> {
  await chat.works()
  await chat.untilStatus(await chat.send(`after login ${await loginsOf(chat)}`), 'delivered')
  expect(await chat.account()).toMatchObject({ registrations, connected: true })
}

/** Strikes the connection and asserts that the session comes back by itself, with another login and no scan. */
async function comesBack(chat: Chat, strike: () => Promise<void>): Promise<void> {
  const since = world.happened.length
  await strike()
  // A new runner may have to start before the login.
  await world.happens(({ type, phone }) => type === 'login' && phone === chat.phone, since, 60_000)
  await isWell(chat)
}

/** Makes the next login fail, and drops the connection so that the session logs in. */
async function failsToLogIn(chat: Chat, code: number, more: { attrs?: Record<string, string>; count?: number } = {}) {
  await chat.fault('login-failure', { code, ...more })
  await chat.fault('drop')
}

type Strike = (chat: Chat) => Promise<void>

/**
 * Each row: what happens to the connection, the code with which Baileys reports its end, and the class and reason that the
 * session gets.
 */
const COMES_BACK: readonly (readonly [what: string, strike: Strike, code: number, kind: string, reason: string])[] = [
  ['dropped', (chat) => chat.fault('drop'), 428, 'network', 'connection-lost'],
  ['refused twice', refuseTwice, 428, 'network', 'connection-lost'],
  ['asked to connect anew', (chat) => chat.fault('stream-error', { code: 515 }), 515, 'restart', 'restart-required'],
  ['ended with 503', (chat) => chat.fault('stream-error', { code: 503 }), 503, 'whatsapp', 'whatsapp-trouble'],
  ['ended with 516', (chat) => chat.fault('stream-error', { code: 516 }), 516, 'whatsapp', 'whatsapp-trouble'],
  ['ended with an unknown code', (chat) => chat.fault('stream-error', { code: 599 }), 599, 'whatsapp', 'whatsapp-trouble'],
  ['ended with 500', (chat) => chat.fault('stream-error', { code: 500 }), 500, 'bad-session', 'bad-session'],
  ['ended without a code', (chat) => chat.fault('stream-error', { condition: 'ack' }), 500, 'bad-session', 'bad-session'],
  // Baileys cannot read a code below 400, so that only the end of the socket is reported.
  ['ended with an invalid code', (chat) => chat.fault('stream-error', { code: 200 }), 428, 'network', 'connection-lost'],
  ['refused a login with 501', (chat) => failsToLogIn(chat, 501), 501, 'whatsapp', 'whatsapp-trouble'],
  ['refused a login with 503', (chat) => failsToLogIn(chat, 503), 503, 'whatsapp', 'whatsapp-trouble'],
  ['replaced', (chat) => chat.fault('stream-error', { conflict: 'replaced' }), 440, 'replaced', 'replaced-waiting'],
]

async function refuseTwice(chat: Chat): Promise<void> {
  await chat.fault('refuse', { count: 2 })
  await chat.fault('drop')
  const { nextAttemptAt } = await chat.untilSession('STARTING BACKOFF connection-lost')
  expect(nextAttemptAt).toEqual(expect.any(String))
}

describe('a connection that was', () => {
  test.concurrent.each(COMES_BACK)('%s comes back by itself', async (_, strike, code, kind, reason) => {
    const chat = await world.linked(`back-${code}-${Math.random().toString(36).slice(2, 8)}`)
    await comesBack(chat, () => strike(chat))
    const { lastDisconnect, nextAttemptAt, bannedUntil } = await chat.document()
    expect(lastDisconnect).toEqual({ code, class: kind, reason, at: expect.any(Date) })
    expect([nextAttemptAt, bannedUntil]).toEqual([null, null])
    await stop(chat)
  })

  test.concurrent('refused with 503 more often than the retries allow needs attention, and comes back when an operator starts it', async () => {
    const chat = await world.linked('trouble')
    await failsToLogIn(chat, 503, { count: 7 })
    await chat.untilSession('STARTING BACKOFF whatsapp-trouble')
    await chat.untilSession('FAILED NEEDS_ATTENTION whatsapp-keeps-failing')
    // The first login, the immediate retry and six more logins.
    expect(attemptsOf(chat)).toBe(1 + 1 + 6)
    await start(chat)
    await isWell(chat)
    await stop(chat)
  })

  test.concurrent('replaced a second time within the hour does not come back until an operator starts it', async () => {
    const chat = await world.linked('replaced')
    await chat.fault('stream-error', { conflict: 'replaced' })
    const { nextAttemptAt, since } = await chat.untilSession('FAILED REPLACED replaced-waiting')
    expect(Date.parse(nextAttemptAt ?? '') - Date.parse(since ?? '')).toBeGreaterThan(1000)
    await isWell(chat)
    await chat.fault('stream-error', { conflict: 'replaced' })
    await chat.untilSession('FAILED NEEDS_ATTENTION foreign-connection')
    await start(chat)
    await isWell(chat)
    await stop(chat)
  })
})

describe('a device that is being linked', () => {
  test.concurrent('whose first login is refused as unknown shows a new QR code, without an alarm', async () => {
    const chat = world.chat('void')
    await world.simulator.createPhone(chat.phone)
    await world.simulator.createContact(chat.contact, 'Contact')
    await chat.fault('login-failure', { code: 401 })
    await world.api.createSession(chat.name)
    await scan(chat)
    await world.happens(({ type, jid }) => type === 'login-refused' && isOf(jid, chat))
    await scan(chat)
    await isWell(chat, 2)
    // The last disconnect is the restart that WhatsApp asks for after every scan; the voided pairing came before it.
    expect((await chat.document())['lastDisconnect']).toMatchObject({ code: 515, class: 'restart' })
    expect(await world.logs()).not.toMatch(new RegExp(`"session":"default.${chat.name}"[^\\n]*"reason":"logged-out"`))
  })

  test.concurrent('whose QR code is not scanned shows no more codes after a while, until an operator starts it', async () => {
    const chat = world.chat('unscanned')
    await world.simulator.createPhone(chat.phone)
    await world.simulator.createContact(chat.contact, 'Contact')
    await world.api.createSession(chat.name)
    await chat.untilSession('SCAN_QR_CODE PAIRING scan-qr')
    await eventually(async () => expect((await chat.document())['reason']).toBe('qr-not-scanned'), 60_000)
    expect(await chat.document()).toMatchObject({ pairing: null, lastDisconnect: { code: 408, class: 'pairing' } })
    await start(chat)
    await scan(chat)
    await isWell(chat)
    await stop(chat)
  })
})

/**
 * Each row: how WhatsApp refuses the session, and what the session shows. An operator's start makes one attempt, which finds the
 * device as it was unless it was unlinked.
 */
const HALTS: readonly (readonly [name: string, strike: Strike, code: number, kind: string, shown: string])[] = [
  ['removed', (chat) => world.post(`/phones/${chat.phone}/unlink`, {}), 401, 'logged-out', 'LOGGED_OUT logged-out'],
  ['unlinked', (chat) => failsToLogIn(chat, 401), 401, 'logged-out', 'LOGGED_OUT logged-out'],
  ['tempban', (chat) => failsToLogIn(chat, 402, { attrs: { expire: '3600' } }), 402, 'banned', 'BANNED temporarily-banned'],
  ['locked', (chat) => failsToLogIn(chat, 403), 403, 'banned', 'BANNED account-banned'],
  ['banned', (chat) => failsToLogIn(chat, 406), 406, 'banned', 'BANNED account-banned'],
  ['refused', (chat) => failsToLogIn(chat, 400), 400, 'refused', 'NEEDS_ATTENTION connection-refused'],
  ['mismatch', (chat) => failsToLogIn(chat, 411), 411, 'refused', 'NEEDS_ATTENTION multidevice-mismatch'],
]

describe('a session that needs a person', { timeout: 120_000 }, () => {
  let chats: Chat[]
  /** A session whose client version is refused. Its runner tries again by itself, unlike the others. */
  let outdated: Chat

  beforeAll(async () => {
    ;[outdated, ...chats] = (await Promise.all(
      ['outdated', ...HALTS.map(([name]) => name)].map((name) => world.linked(name)),
    )) as [Chat, ...Chat[]]
    await Promise.all([failsToLogIn(outdated, 405), ...HALTS.map(([, strike], index) => strike(chats[index] as Chat))])
  })

  test.each(HALTS.map((halt, index) => [...halt, index] as const))(
    '(%s) shows its reason and remedy',
    async (_, __, code, kind, shown, index) => {
      const chat = chats[index] as Chat
      await chat.untilSession(`FAILED ${shown}`)
      const { me, userAction, sentence, lastDisconnect, nextAttemptAt } = await chat.document()
      // The session still has its identity: the disconnect deleted nothing.
      expect(me).toMatchObject({ id: expect.stringContaining(chat.phone) })
      expect([userAction, sentence, nextAttemptAt]).toEqual([expect.any(String), expect.any(String), null])
      expect(lastDisconnect).toMatchObject({ code, class: kind, reason: shown.split(' ')[1] })
    },
  )

  test('shows when a ban ends', async () => {
    const chat = chats[2] as Chat
    const { bannedUntil, since, sentence } = await chat.document()
    expect((bannedUntil as Date).getTime() - (since as Date).getTime()).toBeGreaterThan(3_590_000)
    expect((bannedUntil as Date).getTime() - (since as Date).getTime()).toBeLessThan(3_610_000)
    expect(sentence).toContain((bannedUntil as Date).toISOString().slice(0, 10))
  })

  test('does not include one with a refused client version, which waits for an hour and names the remedy', async () => {
    await outdated.untilSession('STARTING BACKOFF client-outdated')
    const { nextAttemptAt, since, userAction, lastDisconnect } = await outdated.document()
    expect((nextAttemptAt as Date).getTime() - (since as Date).getTime()).toBeGreaterThan(3_500_000)
    expect(userAction).toContain('WHATSAPP_WEB_VERSION')
    expect(lastDisconnect).toMatchObject({ code: 405, class: 'client-outdated' })
  })

  test('is dialled neither by its runner nor by a new one, while the outdated session is tried again at once', async () => {
    const attempts = chats.map(attemptsOf)
    const epochs = await Promise.all(chats.map(async (chat) => (await chat.document())['epoch']))
    await comesBack(outdated, async () => void world.sandbox.runner('runner-1').kill())
    for (const [index, chat] of chats.entries()) {
      await eventually(async () => expect((await chat.document())['epoch']).toBeGreaterThan(epochs[index] as number))
    }
    // The new runner has passed its chance to dial the refused sessions when another session has had its turn.
    await comesBack(outdated, () => outdated.fault('drop'))
    expect(chats.map(attemptsOf)).toEqual(attempts)
    for (const [index, chat] of chats.entries()) await chat.untilSession(`FAILED ${HALTS[index]?.[4]}`)
  })

  test('works as before when an operator starts it and WhatsApp accepts it again', async () => {
    const kept = chats.slice(2)
    await Promise.all(kept.map(start))
    await Promise.all(kept.map((chat) => isWell(chat)))
    expect((await Promise.all(kept.map((chat) => chat.document()))).map(({ bannedUntil }) => bannedUntil)).toEqual(
      kept.map(() => null),
    )
  })
})

describe('a session that was logged out', () => {
  test(
    'is linked again by a scan when an operator starts it, and keeps the old credentials aside',
    { timeout: 60_000 },
    async () => {
      const chat = await world.linked('again')
      const before = await chat.send('before')
      await chat.untilStatus(before, 'delivered')
      await world.post(`/phones/${chat.phone}/unlink`, {})
      await chat.untilSession('FAILED LOGGED_OUT logged-out')
      await start(chat)
      await chat.untilSession('SCAN_QR_CODE PAIRING scan-qr')
      await scan(chat)
      await chat.works()
      const after = await chat.send('after')
      await chat.untilStatus(after, 'delivered')
      await chat.receive('and back')
      await eventually(async () => expect(await chat.stored()).toEqual(['and back']))
      expect((await chat.document())['checkpoint']).not.toBeNull()
    },
  )
})

test('every connection announces the configured version of WhatsApp Web', () => {
  const versions = new Set(world.happened.filter(({ type }) => type === 'handshake').map(({ version }) => version))
  expect([...versions]).toEqual(['2.3000.1999999999'])
})
