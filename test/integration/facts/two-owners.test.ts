import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts'
import { HoldfastSubject } from './holdfast-subject.ts'
import { StockSubject } from './stock-subject.ts'
import type { Subject } from './subject.ts'
import { FactsWorld } from './world.ts'

// Fact 3: nothing stops two processes from running the same session. Each replaces the other's connection, and overwrites the
// other's keys.

const ANA = '5511800000001'
const LOGINS = 40
const BURST = 5

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

const loggedIn = (subject: Subject, since: number) => world.happens('active', ({ phone }) => phone === subject.phone, since)

const stored = async (subject: Subject): Promise<string[]> => (await subject.storedMessages()).map(({ id }) => id)

const receives = (subject: Subject, ids: string[]) =>
  expect.poll(() => stored(subject), { timeout: 20_000 }).toEqual(expect.arrayContaining(ids))

const reads = (subject: Subject, texts: string[]) =>
  expect
    .poll(async () => (await world.receivedBy(ANA, subject.phone)).map(({ text }) => text).sort(), { timeout: 20_000 })
    .toEqual(texts.toSorted())

interface War {
  /** How often one process replaced the connection of the other. */
  replaced: number
  /**
   * Violations that the simulator saw, and `new-identity` when a process read half-written credentials and asked for a new QR
   * code.
   */
  damage: string[]
}

/** Starts a second process on the same files, and sends messages both ways at each login, until a damage shows. */
async function fight(stock: StockSubject): Promise<War> {
  const start = world.now
  stock.startProcess()
  const damage: string[] = []
  for (let login = 1, since = start; login <= LOGINS && damage.length === 0; login++) {
    // A registration event belongs to this client, because no other device registers meanwhile.
    const what = await world.happens(['active', 'registration'], ({ phone }) => !phone || phone === stock.phone, since)
    since = world.now
    if (what.type === 'registration') damage.push('new-identity')
    stock.sendFromAll(ANA, `from the two ${login}`)
    for (let n = 1; n <= BURST; n++) await world.simulator.sendAsContact(ANA, stock.phone, `to the two ${login}.${n}`)
    damage.push(...(await world.violationsOf(stock.phone)).map(({ kind }) => kind))
  }
  const replaced = world.countOf('stream-error', ({ phone, reason }) => phone === stock.phone && reason === 'replaced', start)
  return { replaced, damage }
}

describe('a session in two processes', () => {
  test("is damaged with stock Baileys: the processes replace each other's connection and share files", async () => {
    const stock = await StockSubject.make(world, '5511900000001')
    onTestFinished(() => stock.close())
    await stock.link()
    await receives(stock, [await world.simulator.sendAsContact(ANA, stock.phone, 'hello')])
    const war = await fight(stock)
    expect(war.replaced).toBeGreaterThan(0)
    expect(war.damage).not.toEqual([])
  })

  test('is safe with Holdfast: a runner that was frozen can neither send nor write when it wakes, and leaves', async () => {
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

    // The runner freezes in the middle of its work, and more work arrives while it is frozen.
    await talk('while it freezes')
    let since = world.now
    sandbox.runner('runner-1').kill('SIGSTOP')
    await talk('while it is frozen')
    await loggedIn(holdfast, since)
    await settled()
    const second = (await holdfast.api.session('owned')).owner
    expect(second).toMatchObject({ epoch: first.epoch + 1 })
    expect(second.runnerId).not.toBe(first.runnerId)

    // The runner wakes, believes that it is the owner, and finds the messages from before the freeze.
    since = world.now
    sandbox.runner('runner-1').kill('SIGCONT')
    await talk('since it woke up')
    await settled()
    expect((await holdfast.api.session('owned')).owner).toEqual(second)
    expect(world.countOf('login', ({ phone }) => phone === holdfast.phone, since)).toBe(0)

    // The first runner is awake and has let the session go if it can claim the session again.
    await sandbox.stopRunner('runner-2')
    await loggedIn(holdfast, since)
    await talk('when it has the session again')
    await settled()
    expect((await holdfast.api.session('owned')).owner).toMatchObject({ runnerId: first.runnerId, epoch: second.epoch + 1 })
    expect(await world.violationsOf(holdfast.phone)).toEqual([])
    expect(await stored(holdfast)).toHaveLength(ids.length)
  })
})
