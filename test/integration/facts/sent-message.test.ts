import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { SimulatorEvent } from '../../support/event-reader.ts'
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts'
import { HoldfastSubject } from './holdfast-subject.ts'
import { StockSubject } from './stock-subject.ts'
import type { Subject } from './subject.ts'
import { FactsWorld } from './world.ts'

// Fact 2: a message leaves before the ratchet step that encrypted it is stored. A crash in between rolls the ratchet back, and
// the next message is encrypted with a used key, so that the contact cannot read it.

const ANA = '5511800000001'
/** Attempts in which a client of stock Baileys has to show its fault. */
const ROUNDS = 5
/** Kills that Holdfast survives. */
const KILLS = 2

let sandbox: Sandbox
let world: FactsWorld

beforeAll(async () => {
  sandbox = await startSandbox({ firestore: process.env['SHARED_FIRESTORE'] })
  world = await FactsWorld.of(sandbox)
  await world.simulator.createContact(ANA, 'Ana')
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await sandbox.stop()
})

interface Ending {
  /** The kinds of the violations of this round. */
  violations: string[]
  /** How often Ana has the text that was struck; `after` counts the next text. */
  struck: number
  after: number
}

/** Kills the client when WhatsApp has its message, and sends another message as soon as the client is back. */
async function strikeAtMessage(subject: Subject, round: number): Promise<Ending> {
  const texts = { struck: `struck ${round}`, after: `after ${round}` }
  const before = (await world.violationsOf(subject.phone)).length
  const since = world.now
  await strikeWhileSending(subject, texts.struck)
  await subject.restart()
  await subject.send(ANA, texts.after)
  const isRead = ({ type, text }: SimulatorEvent) => type === 'contact-received' && text === texts.after
  const isUnreadable = ({ type, kind, detail }: SimulatorEvent) =>
    type === 'violation' && kind === 'undecryptable' && String(detail).includes(subject.phone)
  await world.happens(['contact-received', 'violation'], (event) => isRead(event) || isUnreadable(event), since)
  const received = await world.receivedBy(ANA, subject.phone)
  const count = (wanted: string) => received.filter(({ text }) => text === wanted).length
  const violations = (await world.violationsOf(subject.phone)).slice(before)
  return { violations: violations.map(({ kind }) => kind), struck: count(texts.struck), after: count(texts.after) }
}

async function untilBroken(subject: Subject): Promise<Ending> {
  for (let round = 0; ; round++) {
    const ending = await strikeAtMessage(subject, round)
    if (ending.violations.length > 0 || round === ROUNDS) return ending
  }
}

async function strikeWhileSending(subject: Subject, text: string): Promise<void> {
  const left = world.happens('message', ({ phone }) => phone === subject.phone).then(() => subject.kill())
  await subject.send(ANA, text)
  await left
}

/** Exchanges messages until both sides have heard each other. From then on only the ratchet changes between messages. */
async function startChat(subject: Subject): Promise<void> {
  await subject.link()
  for (const text of ['hello', 'how are you']) {
    const read = world.happens('contact-received', (event) => event.phone === subject.phone && event['text'] === text)
    await subject.send(ANA, text)
    await read
    const receipt = world.happens('receipt', ({ phone }) => phone === subject.phone)
    await world.simulator.sendAsContact(ANA, subject.phone, `about "${text}"`)
    await receipt
  }
}

describe('a client that is killed when WhatsApp has its message', () => {
  test('uses a key again with stock Baileys, and the contact cannot read the next message', async () => {
    const stock = await StockSubject.make(world, '5511900000001')
    onTestFinished(() => stock.close())
    await startChat(stock)
    // A network disk may take that long. A local disk finishes the write before the kill arrives, by luck.
    stock.slowDownDisk(60)
    const { violations, struck } = await untilBroken(stock)
    expect(violations).toEqual(expect.arrayContaining(['ratchet-reuse', 'undecryptable']))
    // The contact could read the message of the kill; the crash made the next one unreadable.
    expect(struck).toBe(1)
  })

  test('goes on where it was with Holdfast, and both messages arrive once', async () => {
    const holdfast = new HoldfastSubject(world, sandbox, { phone: '5511900000002', name: 'sent' })
    await startChat(holdfast)
    for (let round = 0; round < KILLS; round++) {
      expect(await strikeAtMessage(holdfast, round)).toEqual({ violations: [], struck: 1, after: 1 })
    }
  })
})
