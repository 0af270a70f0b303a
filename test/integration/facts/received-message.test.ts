import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts'
import { HoldfastSubject } from './holdfast-subject.ts'
import { StockSubject } from './stock-subject.ts'
import type { Subject } from './subject.ts'
import { FactsWorld } from './world.ts'

// Fact 1: the receipt for a received message leaves before the application gets the message. WhatsApp forgets the message with
// the receipt, so that a crash in between loses it.

const ANA = '5511800000001'
/** Attempts in which a client of stock Baileys has to show its fault. */
const ROUNDS = 5
/** Kills that Holdfast survives. */
const KILLS = 2
const BACKLOG = 60
/** The number of receipts after which the kill follows. It is low enough for the kill to come in time. */
const STRUCK_AT = 10

let sandbox: Sandbox
let world: FactsWorld
let holdfast: HoldfastSubject

beforeAll(async () => {
  sandbox = await startSandbox({ firestore: process.env['SHARED_FIRESTORE'] })
  world = await FactsWorld.of(sandbox)
  await world.simulator.createContact(ANA, 'Ana')
  holdfast = new HoldfastSubject(world, sandbox, { phone: '5511900000002', name: 'received' })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await sandbox.stop()
})

/**
 * Sends one message, kills the client when WhatsApp has its receipt, and returns whether the application has the message in the
 * end.
 */
async function survivesKillAtReceipt(subject: Subject, round: number): Promise<boolean> {
  const receipt = world.happens('receipt', ({ phone }) => phone === subject.phone)
  const sent = world.simulator.sendAsContact(ANA, subject.phone, `struck ${round}`)
  const { id } = await receipt
  subject.kill()
  expect(id).toBe(await sent)
  await subject.restart()
  return (await missingAfterwards(subject, [await sent])) === 0
}

/** Kills the client in the middle of a backlog. Returns how many of its messages are missing in the end. */
async function lostWithBacklog(subject: Subject): Promise<number> {
  const ids: string[] = []
  subject.kill()
  for (let n = 0; n < BACKLOG; n++) ids.push(await world.simulator.sendAsContact(ANA, subject.phone, `while it was down ${n}`))
  let receipts = 0
  const some = world.happens('receipt', ({ phone }) => phone === subject.phone && ++receipts === STRUCK_AT)
  await Promise.all([some, subject.restart()])
  subject.kill()
  await subject.restart()
  return await missingAfterwards(subject, ids)
}

/**
 * Waits until WhatsApp has receipts for all that it held and for one new message, and counts the missing messages. Earlier
 * messages cannot arrive after that.
 */
async function missingAfterwards(subject: Subject, ids: string[]): Promise<number> {
  await deliver(subject, `after ${ids.at(-1)}`)
  // A new message may overtake the backlog, which Baileys processes in batches of ten.
  const held = async () => (await world.simulator.state()).accounts.find(({ phone }) => phone === subject.phone)?.offlineQueue
  await expect.poll(held, { timeout: 20_000 }).toBe(0)
  const stored = (await subject.storedMessages()).map(({ id }) => id)
  expect(new Set(stored).size).toBe(stored.length)
  return ids.filter((id) => !stored.includes(id)).length
}

/** Sends a message, and waits until it is receipted and stored. */
async function deliver(subject: Subject, text: string): Promise<void> {
  const since = world.now
  const sent = await world.simulator.sendAsContact(ANA, subject.phone, text)
  await world.happens('receipt', ({ id }) => id === sent, since)
  await expect.poll(async () => (await subject.storedMessages()).map(({ id }) => id), { timeout: 20_000 }).toContain(sent)
}

async function startChat(subject: Subject): Promise<void> {
  await subject.link()
  await deliver(subject, 'hello')
}

describe('a client that is killed when WhatsApp has its receipt for a message', () => {
  test('loses the message with stock Baileys and a database that is 20 ms away', async () => {
    const stock = await StockSubject.make(world, '5511900000001', { databaseMs: 20 })
    onTestFinished(() => stock.close())
    await startChat(stock)
    let survived = true
    for (let round = 0; survived && round < ROUNDS; round++) survived = await survivesKillAtReceipt(stock, round)
    expect(survived).toBe(false)
  })

  test('keeps the message with Holdfast', async () => {
    await startChat(holdfast)
    for (let round = 0; round < KILLS; round++) expect(await survivesKillAtReceipt(holdfast, round)).toBe(true)
    expect(await world.violationsOf(holdfast.phone)).toEqual([])
  })
})

describe('a client that is killed in the middle of a backlog', () => {
  test('loses receipted messages with stock Baileys, even with a database on the local disk', async () => {
    const stock = await StockSubject.make(world, '5511900000003')
    onTestFinished(() => stock.close())
    await startChat(stock)
    // The kill may come late on a busy machine, so that the test repeats it until a message is lost.
    let lost = 0
    for (let round = 0; lost === 0 && round < ROUNDS; round++) lost = await lostWithBacklog(stock)
    expect(lost).toBeGreaterThan(0)
  })

  test('keeps the whole backlog with Holdfast', async () => {
    expect(await lostWithBacklog(holdfast)).toBe(0)
    expect(await world.violationsOf(holdfast.phone)).toEqual([])
  })
})
