import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { FROM_THE_BEGINNING, readGroups } from '@holdfast/core/journal/journal-reader'
import { peopleOf } from '../support/people.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

vi.setConfig({ testTimeout: 180_000 })

const KIB = 1024
const SIZES = [900 * KIB, 2 * KIB * KIB, 8 * KIB * KIB]

let world: EngineWorld
const { begin, spoil, untilStored, reaches, info, end } = peopleOf(() => world)

beforeAll(async () => {
  world = await EngineWorld.start()
})

afterAll(() => end())

/** Returns the bytes of each group of records, that is, of each commit. */
async function recordSizes({ sessionId }: Chat): Promise<number[]> {
  const sizes: number[] = []
  for await (const { records } of readGroups(new DocumentJournals(world.google.documents), sessionId, FROM_THE_BEGINNING)) {
    sizes.push(records.reduce((sum, { bytes }) => sum + bytes.length, 0))
  }
  return sizes
}

test('messages too large for a document are stored in order with their mark, and connection, epoch and records stay as they are', async () => {
  const chat = await begin(await world.linked('large'))
  const { logins } = await chat.account()
  const { epoch } = await chat.document()
  const ids: string[] = []
  for (const bytes of SIZES) {
    ids.push(await spoil(chat, { kind: 'huge', bytes, text: `of ${bytes}` }))
    await chat.receive(`after ${bytes}`)
    await untilStored(chat, `after ${bytes}`)
  }
  const messages = await world.api.storedMessages(chat.name)
  const largeOnes = messages.filter(({ id }) => id !== null && ids.includes(id))
  expect(largeOnes.map(({ id, from, body, tooLarge }) => ({ id, from, length: body?.length, tooLarge }))).toEqual(
    SIZES.map((bytes, index) => ({
      id: ids[index],
      from: `${chat.contact}@c.us`,
      length: bytes < KIB * KIB ? bytes : 64 * KIB,
      // The size includes the message's tag and its length field.
      tooLarge: { bytes: expect.closeTo(bytes, -2), textIsCut: bytes > KIB * KIB },
    })),
  )
  expect(messages.map(({ body }) => body?.slice(0, 20)).filter((body) => body?.startsWith('after'))).toEqual(
    SIZES.map((bytes) => `after ${bytes}`),
  )
  await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  await reaches(chat, [0], 'still there')
  const sizes = await recordSizes(chat)
  expect(Math.max(...sizes)).toBeLessThan(KIB * KIB)
  expect({ logins: (await chat.account()).logins, epoch: (await chat.document())['epoch'] }).toEqual({ logins, epoch })
  expect(await info(chat)).toMatchObject({ parkedStanzas: 0 })
})
