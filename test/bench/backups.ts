import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { answerOf, createClient, type HoldfastClient } from '@holdfast/client/client'
import { runMove } from '../support/run-move.ts'
import { StockDevice } from '../support/stock/stock-device.ts'
import { percentiles, type Percentiles } from './statistics.ts'
import { BenchWorld } from './world.ts'

const CONTACTS = 5000
const BACKUPS = 40
const WARM_BACKUPS = 3
/** The promise of the product, at p95. */
const WITHIN_MS = 2000
const LOOK_EVERY_MS = 20

const CHAT = { name: 'backups', phone: '5511907000021', contact: '5511807000021' }
/** The users of the copies begin here. */
const FIRST = 5_511_910_000_000

interface BackupFigures {
  readonly contacts: number
  /** From the request of a backup until it exists and was read back. */
  readonly madeMs: Percentiles
  /** From the request of a verification to its answer. */
  readonly verifiedMs: Percentiles
  readonly isInTime: boolean
  readonly mib: number
}

/** Measures backups of a session that has encrypted sessions with 5,000 contacts, through the API. */
export async function measureBackups(): Promise<BackupFigures> {
  await using world = await BenchWorld.start()
  await moveLargeSessionIn(world)
  const { api: baseUrl, apiKey } = world.sandbox.info
  const api = createClient({ baseUrl: baseUrl ?? '', apiKey })
  const [made, verified]: [number[], number[]] = [[], []]
  let bytes = 0
  for (let count = -WARM_BACKUPS; count < BACKUPS; count++) {
    const begun = performance.now()
    await backUp(api)
    const madeMs = performance.now() - begun
    const { id, ...newest } = await newestOf(api)
    const params = { path: { name: CHAT.name, id } }
    const between = performance.now()
    const { verification } = await answerOf(api.POST('/api/sessions/{name}/backups/{id}/verify', { params }))
    const verifiedMs = performance.now() - between
    if (verification?.state !== 'good') throw new Error(`The backup ${id} is not good.`)
    if (count < 0) continue
    made.push(madeMs)
    verified.push(verifiedMs)
    bytes = newest.bytes
  }
  const madeMs = percentiles(made)
  const mib = Number((bytes / 1024 / 1024).toFixed(2))
  return { contacts: CONTACTS, madeMs, verifiedMs: percentiles(verified), isInTime: madeMs.p95 < WITHIN_MS, mib }
}

/** Links a stock device, lets it have encrypted sessions with many contacts, and moves it in. */
async function moveLargeSessionIn(world: BenchWorld): Promise<void> {
  await world.simulator.createContact(CHAT.contact, 'Contact')
  const device = await StockDevice.link(world, CHAT.phone)
  await device.say(`${CHAT.contact}@s.whatsapp.net`, 'The first message.')
  await device.stop()
  await multiply(device.folder)
  const { code, said } = await runMove(world, 'in', '--from', device.folder, '--session', CHAT.name, '--old-owner-is-stopped')
  await device.remove()
  if (code !== 0) throw new Error(said)
  for (;;) {
    const { status } = await world.api.session(CHAT.name)
    if (status === 'WORKING') return
    await pause(LOOK_EVERY_MS)
  }
}

/** Copies what a folder of keys has of the one contact for all others. */
async function multiply(folder: string): Promise<void> {
  const files = await readdir(folder)
  const lid = (
    await textOf(
      folder,
      files.find((file) => file === `lid-mapping-${CHAT.contact}.json`),
    )
  ).replaceAll(/\D/g, '')
  const users = [CHAT.contact, ...(lid === '' ? [] : [lid])]
  const own = files.filter((file) => users.some((user) => file.includes(user)))
  if (!own.some((file) => file.startsWith('session-'))) throw new Error('The device has no encrypted session with the contact.')
  for (let index = 0; index < CONTACTS; index++) {
    const renamed = (text: string): string =>
      text.replaceAll(CHAT.contact, String(FIRST + index)).replaceAll(lid || CHAT.contact, String(2 * FIRST + index))
    for (const file of own) {
      const [from, to] = [join(folder, file), join(folder, renamed(file))]
      const text = await readFile(from, 'utf8')
      await writeFile(to, file.startsWith('session-') ? withOtherKeys(text) : renamed(text))
    }
  }
}

/** The same record with keys of its own, so that a checkpoint packs 5,000 of them no better than those of 5,000 people. */
const withOtherKeys = (record: string): string =>
  record.replaceAll(/"([A-Za-z0-9+/]{40,}={0,2})"/g, (_, key: string) => {
    const { length } = Buffer.from(key, 'base64')
    return `"${randomBytes(length).toString('base64')}"`
  })

const textOf = async (folder: string, file: string | undefined): Promise<string> =>
  file === undefined ? '' : readFile(join(folder, file), 'utf8')

/** Requests a backup, and waits until it is there. */
async function backUp(api: HoldfastClient): Promise<void> {
  const { action: asked } = await answerOf(api.POST('/api/sessions/{name}/backups', { params: { path: { name: CHAT.name } } }))
  const params = { path: { name: CHAT.name, id: asked.id } }
  for (;;) {
    const action = await answerOf(api.GET('/api/sessions/{name}/actions/{id}', { params }))
    if (action.state === 'done') return
    if (action.state !== 'pending' && action.state !== 'running') throw new Error(`The backup is ${action.state}.`)
    await pause(LOOK_EVERY_MS)
  }
}

async function newestOf(api: HoldfastClient) {
  const [newest] = await answerOf(api.GET('/api/sessions/{name}/backups', { params: { path: { name: CHAT.name } } }))
  if (!newest) throw new Error('The session has no backup.')
  return newest
}
