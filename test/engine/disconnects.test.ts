import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from './world.ts'

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start()
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const loginsOf = async (chat: Chat): Promise<number> => (await chat.account()).logins

/** Logins that WhatsApp took and those that it refused. */
const attemptsOf = (chat: Chat): number =>
  world.happened.filter(
    ({ type, phone, jid }) => (type === 'login' && phone === chat.phone) || (type === 'login-refused' && isOf(jid, chat)),
  ).length

const isOf = (jid: unknown, chat: Chat): boolean => typeof jid === 'string' && jid.startsWith(`${chat.phone}:`)

/** The connection is struck and comes back by itself, with another login and no scan. */
async function comesBack(chat: Chat, strike: () => Promise<void>): Promise<void> {
  const before = await loginsOf(chat)
  const since = world.happened.length
  await strike()
  await world.happens(({ type, phone }) => type === 'login' && phone === chat.phone, since)
  await chat.works()
  const job = await chat.send(`after login ${before}`)
  await chat.untilStatus(job, 'delivered')
  expect(await chat.account()).toMatchObject({ registrations: 1, connected: true })
}

describe('a connection that ends', () => {
  test.concurrent.each([
    ['drop', undefined],
    ['stream-error', 515],
    ['stream-error', 503],
    ['stream-error', 500],
  ])('with %s %s comes back by itself', async (kind, code) => {
    const chat = await world.linked(`${kind}-${code ?? ''}x`)
    await comesBack(chat, () => chat.fault(kind, code === undefined ? {} : { code }))
  })

  test.concurrent('while WhatsApp takes no connections is tried again, with what it waits for shown', async () => {
    const chat = await world.linked('refuse')
    await comesBack(chat, async () => {
      await chat.fault('refuse', { count: 2 })
      await chat.fault('drop')
      await chat.untilSession('STARTING BACKOFF connection-lost')
      expect((await chat.document())['nextAttemptAt']).toBeInstanceOf(Date)
    })
    expect((await chat.document())['nextAttemptAt']).toBeNull()
  })

  test.concurrent('with trouble on the side of WhatsApp twice in a row is left alone for a while', async () => {
    const chat = await world.linked('trouble')
    await chat.fault('login-failure', { code: 503 })
    await chat.fault('stream-error', { code: 503 })
    await chat.untilSession('STARTING BACKOFF whatsapp-trouble')
    const { nextAttemptAt, since } = await chat.document()
    expect((nextAttemptAt as Date).getTime() - (since as Date).getTime()).toBeGreaterThan(50_000)
    expect([await loginsOf(chat), attemptsOf(chat)]).toEqual([1, 2])
  })
})

describe('a session that only a person can help', () => {
  const ends = [
    ['an unlinked device', 'LOGGED_OUT logged-out', (chat: Chat) => chat.fault('stream-error', { code: 401 })],
    [
      'a login that says unlinked',
      'LOGGED_OUT logged-out',
      async (chat: Chat) => {
        await chat.fault('login-failure', { code: 401 })
        await chat.fault('drop')
      },
    ],
    [
      'a banned account',
      'BANNED account-banned',
      async (chat: Chat) => {
        await chat.fault('login-failure', { code: 403 })
        await chat.fault('drop')
      },
    ],
  ] as const

  test('is not dialled again, neither by its runner nor by the next one after a kill', { timeout: 90_000 }, async () => {
    const chats = await Promise.all(ends.map((_, index) => world.linked(`ended-${index}`)))
    await Promise.all(ends.map(([, , strike], index) => strike(chats[index] as Chat)))
    await Promise.all(ends.map(([, end], index) => (chats[index] as Chat).untilSession(`FAILED ${end}`)))
    const attempts = chats.map(attemptsOf)
    const epochs = await Promise.all(chats.map(async (chat) => (await chat.document())['epoch']))
    world.sandbox.runner('runner-1').kill()
    for (const [index, chat] of chats.entries()) {
      await eventually(async () => expect((await chat.document())['epoch']).toBeGreaterThan(epochs[index] as number))
    }
    // The new owner works: another session of the same runner comes back and takes its turn at dialling after these.
    const other = await world.linked('bystander')
    await chats[0]?.untilSession(`FAILED ${ends[0][1]}`)
    await comesBack(other, () => other.fault('drop'))
    expect(chats.map(attemptsOf)).toEqual(attempts)
    for (const [index, chat] of chats.entries()) {
      await chat.untilSession(`FAILED ${(ends[index] as (typeof ends)[number])[1]}`)
      const { me, userAction, sentence } = await chat.document()
      // Who it was is still known: nothing was cleaned away.
      expect(me).toMatchObject({ id: expect.stringContaining(chat.phone) })
      expect([userAction, sentence]).toEqual([expect.any(String), expect.any(String)])
    }
  })
})

describe('a session that was logged out', () => {
  test('is linked anew by a scan when somebody starts it, and keeps the old credentials aside', { timeout: 60_000 }, async () => {
    const chat = await world.linked('again')
    const before = await chat.send('before')
    await chat.untilStatus(before, 'delivered')
    await world.post(`/phones/${chat.phone}/unlink`, {})
    await chat.untilSession('FAILED LOGGED_OUT logged-out')
    await world.sandbox.api('/api/sessions/again/start', { method: 'POST' })
    await chat.untilSession('SCAN_QR_CODE PAIRING scan-qr')
    await eventually(async () => world.simulator.scan(chat.phone, (await world.api.qrCode('again')) ?? ''))
    await chat.untilSession('WORKING CONNECTED logged-in')
    const after = await chat.send('after')
    await chat.untilStatus(after, 'delivered')
    await chat.receive('and back')
    await eventually(async () => expect(await chat.stored()).toEqual(['and back']))
    expect((await chat.document())['checkpoint']).not.toBeNull()
  })
})
