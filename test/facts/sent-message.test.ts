import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { HoldfastSubject } from './holdfast-subject.ts'
import { StockSubject } from './stock-subject.ts'
import type { Subject } from './subject.ts'
import { World } from './world.ts'

// Fact 2: a message to send leaves before the ratchet that encrypted it is stored. A crash in between rolls the ratchet back, and
// the next message is encrypted with a key that was used: the contact cannot read it.

const ANA = '5511800000001'
const ROUNDS = 5

let sandbox: Sandbox
let world: World

beforeAll(async () => {
  sandbox = await startSandbox()
  world = await World.of(sandbox)
  await world.simulator.createContact(ANA, 'Ana')
})

afterAll(async () => {
  world[Symbol.dispose]()
  await sandbox.stop()
})

interface Ending {
  /** Kinds of violations that came up in this round. */
  violations: string[]
  /** How many messages Ana has of those texts. */
  struck: number
  after: number
}

/** Strikes when the service has a message, and sends another one as soon as the client is back. */
async function strikeAtMessage(subject: Subject, round: number): Promise<Ending> {
  const texts = { struck: `struck ${round}`, after: `after ${round}` }
  const before = (await world.violationsOf(subject.phone)).length
  const since = world.now
  await strikeWhileSending(subject, texts.struck)
  await subject.restart()
  await subject.send(ANA, texts.after)
  // Ana can read it, or cannot and complains.
  await Promise.race([isRead(subject, texts.after, since), isUnreadable(subject, since)])
  const received = await world.receivedBy(ANA, subject.phone)
  const count = (wanted: string) => received.filter(({ text }) => text === wanted).length
  const violations = (await world.violationsOf(subject.phone)).slice(before)
  return { violations: violations.map(({ kind }) => kind), struck: count(texts.struck), after: count(texts.after) }
}

async function strikeWhileSending(subject: Subject, text: string): Promise<void> {
  const left = world.happens('message', ({ phone }) => phone === subject.phone).then(() => subject.kill())
  await subject.send(ANA, text)
  await left
}

const isRead = (subject: Subject, text: string, since: number) =>
  world.happens('contact-received', (event) => event.phone === subject.phone && event['text'] === text, since)

const isUnreadable = (subject: Subject, since: number) =>
  world.happens('violation', ({ kind, detail }) => kind === 'undecryptable' && String(detail).includes(subject.phone), since)

/** Until both have been heard in one session: from then on nothing but the ratchet tells one message from the next. */
async function startChat(subject: Subject): Promise<void> {
  await subject.link()
  for (const text of ['hello', 'how are you']) {
    const read = isRead(subject, text, world.now)
    await subject.send(ANA, text)
    await read
    const receipt = world.happens('receipt', ({ phone }) => phone === subject.phone)
    await world.simulator.sendAsContact(ANA, subject.phone, `about "${text}"`)
    await receipt
  }
}

describe('killed at the moment when the service has a message', () => {
  test('stock Baileys uses the key again, and the contact cannot read the next message', async () => {
    const stock = await StockSubject.make(world, '5511900000001')
    onTestFinished(() => stock.close())
    await startChat(stock)
    stock.slowDownDisk(Number(process.env['DISK'] ?? 60))
    const endings: Ending[] = []
    while (endings.length < ROUNDS && !endings.at(-1)?.violations.length) endings.push(await strikeAtMessage(stock, endings.length))
    console.log('FIGURE', JSON.stringify(endings), JSON.stringify(await world.violationsOf(stock.phone)))
    expect(endings.at(-1)?.violations).toEqual(expect.arrayContaining(['ratchet-reuse', 'undecryptable']))
  })

  test('Holdfast goes on where it was, and both messages arrive once', async () => {
    const holdfast = new HoldfastSubject(world, sandbox, { phone: '5511900000002', name: 'sent' })
    await startChat(holdfast)
    for (let round = 0; round < ROUNDS; round++) {
      expect(await strikeAtMessage(holdfast, round)).toEqual({ violations: [], struck: 1, after: 1 })
    }
  })
})
