import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { HoldfastSubject } from './holdfast-subject.ts'
import { StockSubject } from './stock-subject.ts'
import type { Subject } from './subject.ts'
import { World } from './world.ts'

// Fact 3: nothing stops two processes from running the same session. Each throws the other out, and writes its own idea of the
// keys over the other's.

const ANA = '5511800000001'
const REPLACED = 440
const LOGINS = 12

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

const loggedIn = (subject: Subject, since: number) => world.happens('active', ({ phone }) => phone === subject.phone, since)

const stored = async (subject: Subject): Promise<string[]> => (await subject.storedMessages()).map(({ id }) => id)

const receives = (subject: Subject, ids: string[]) =>
  expect.poll(() => stored(subject), { timeout: 20_000 }).toEqual(expect.arrayContaining(ids))

const reads = (subject: Subject, texts: string[]) =>
  expect
    .poll(async () => (await world.receivedBy(ANA, subject.phone)).map(({ text }) => text).sort(), { timeout: 20_000 })
    .toEqual(texts.toSorted())

describe('two processes for one session', () => {
  test('stock Baileys: they throw each other out, and damage what they share', async () => {
    const stock = await StockSubject.make(world, '5511900000001')
    onTestFinished(() => stock.close())
    await stock.link()
    const ids = [await world.simulator.sendAsContact(ANA, stock.phone, 'hello')]
    await receives(stock, ids)

    const closeCodes: (number | null)[] = []
    let since = world.now
    const second = stock.startProcess()
    second.on('told', (told) => told.event === 'close' && closeCodes.push(told.code))
    // A message each way with each login, whoever of the two it is.
    for (let login = 0; login < LOGINS; login++) {
      await loggedIn(stock, since)
      since = world.now
      ids.push(await world.simulator.sendAsContact(ANA, stock.phone, `to the two ${login}`))
      await stock.send(ANA, `from the two ${login}`)
    }
    const violations = await world.violationsOf(stock.phone)
    console.log('FIGURE', closeCodes, violations.map(({ kind }) => kind), ids.length, (await stored(stock)).length)
    expect(closeCodes.filter((code) => code === REPLACED).length).toBeGreaterThan(2)
    expect(violations).not.toEqual([])
  })

  test('Holdfast: one that was frozen and wakes up can neither speak nor write, and leaves', async () => {
    const holdfast = new HoldfastSubject(world, sandbox, { phone: '5511900000002', name: 'owned' })
    await holdfast.link()
    const texts: string[] = []
    const ids: string[] = []
    const talk = async (when: string) => {
      for (let n = 0; n < 5; n++) {
        ids.push(await world.simulator.sendAsContact(ANA, holdfast.phone, `${when} to the session ${n}`))
        texts.push(`${when} from the session ${n}`)
        await holdfast.send(ANA, `${when} from the session ${n}`)
      }
    }
    const settled = () => Promise.all([receives(holdfast, ids), reads(holdfast, texts)])
    await talk('before')
    await settled()
    const first = (await holdfast.api.session('owned')).owner
    await sandbox.addRunner()

    // Frozen in the middle of its work, and while it is frozen there is more.
    await talk('while it freezes')
    let since = world.now
    sandbox.runner('runner-1').kill('SIGSTOP')
    await talk('while it is frozen')
    await loggedIn(holdfast, since)
    await settled()
    const second = (await holdfast.api.session('owned')).owner
    expect(second).toMatchObject({ epoch: first.epoch + 1 })
    expect(second.runnerId).not.toBe(first.runnerId)

    // It wakes up, believes that it is the owner, and finds what was sent to it before it froze.
    since = world.now
    sandbox.runner('runner-1').kill('SIGCONT')
    await talk('since it woke up')
    await settled()
    expect((await holdfast.api.session('owned')).owner).toEqual(second)
    expect(world.countOf('login', ({ phone }) => phone === holdfast.phone, since)).toBe(0)

    // That it is awake, and has let go of the session, is seen when it may have it again.
    await sandbox.stopRunner('runner-2')
    await loggedIn(holdfast, since)
    await talk('when it has the session again')
    await settled()
    expect((await holdfast.api.session('owned')).owner).toMatchObject({ runnerId: first.runnerId, epoch: second.epoch + 1 })
    expect(await world.violationsOf(holdfast.phone)).toEqual([])
    expect(await stored(holdfast)).toHaveLength(ids.length)
  })
})
