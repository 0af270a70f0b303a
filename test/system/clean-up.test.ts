import { Storage } from '@google-cloud/storage'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { peopleOf } from '../support/people.ts'
import { storedCipher } from '../support/stored-state.ts'

// Signal records that were not used for 20 days go to the archive, and come back when a message needs them.

let world: EngineWorld
const { begin, reaches, untilStored, info, end } = peopleOf(() => world)

interface ActionBody {
  readonly id: string
  readonly state: string
  readonly result: { readonly code: string } | null
  readonly report?: { readonly moved: Record<string, number>; readonly planned: Record<string, number> }
  readonly steps: readonly { readonly what: string }[]
}

beforeAll(async () => {
  world = await EngineWorld.start({ movableClock: true })
  // Between three and four o'clock the sweep would ask for the clean-up of the day, before this test does.
  const config = { cleanup: { isAutomatic: false } }
  expect(await world.sandbox.api('/api/tenant', { method: 'PATCH', json: { config } })).toMatchObject({ status: 200 })
})

afterAll(() => end())

const json = async <Body>(path: string, body?: object): Promise<Body> => {
  return (await (await world.sandbox.api(path, body && { json: body })).json()) as Body
}

async function cleanedUp(name: string, request: object): Promise<ActionBody> {
  const { id } = await json<ActionBody>(`/api/sessions/${name}/cleanup`, request)
  return eventually(async () => {
    const action = await json<ActionBody>(`/api/sessions/${name}/actions/${id}`)
    expect(action.state).toBe('done')
    return action
  })
}

test('contacts that were silent for 20 days are read, and written to, after a clean-up', async () => {
  const writer = await begin(await world.linked('writes'))
  const reader = await begin(await world.linked('reads'))
  // The age of a record begins when its use is noted.
  await world.sandbox.advanceClock({ days: 20 })
  for (const { name } of [writer, reader]) {
    const dry = await cleanedUp(name, { dryRun: true })
    expect(dry).toMatchObject({
      result: { code: 'dry-run' },
      report: { moved: expect.objectContaining({ session: expect.any(Number) }) },
    })
    expect((await info(writer)).session.records['session'] ?? 0).toBeGreaterThan(0)
  }
  for (const { name } of [writer, reader]) {
    const done = await cleanedUp(name, {})
    expect(done).toMatchObject({ result: { code: 'cleaned-up' } })
    expect(done.steps[0]?.what).toContain('backed up and verified')
    const { session } = await json<{ session: { records: Record<string, number> } }>(`/api/sessions/${name}/info`)
    expect(session.records['session'] ?? 0).toBe(0)
    expect(session.records['archived']).toBeGreaterThan(0)
  }
  await writer.receive('after 20 days')
  await untilStored(writer, 'after 20 days')
  await reaches(reader, [0], 'are you there?')
  await eventually(async () => expect((await writer.account()).offlineQueue).toBe(0))
  expect(await json(`/api/sessions/writes/records`)).toMatchObject({ known: true, level: 'healthy' })
}, 180_000)

test('what a clean-up archived survives the death of the runner; an archive of a later version is waited for, and named', async () => {
  const chat = await begin(await world.linked('survives'))
  await world.sandbox.advanceClock({ days: 20 })
  await cleanedUp(chat.name, {})
  const written = await rewriteArchives(chat, '7')
  world.sandbox.runner('runner-1').kill()
  await chat.receive('to the next owner')
  const shown = () => json<{ status: string; reason: string }>(`/api/sessions/${chat.name}`)
  await eventually(
    async () => expect(await shown()).toMatchObject({ status: 'WORKING', reason: 'archive-of-later-version' }),
    90_000,
  )
  expect(await chat.stored()).not.toContain('to the next owner')
  for (const { file, bytes } of written) await file.save(bytes)
  await eventually(async () => expect(await chat.stored()).toContain('to the next owner'), 90_000)
  await eventually(async () => expect(await shown()).toMatchObject({ status: 'WORKING', reason: 'logged-in' }))
}, 180_000)

/** Rewrites the archives of a session as a later version would write them. Returns what they were. */
async function rewriteArchives(chat: Chat, version: string) {
  const cipher = await storedCipher(world, chat)
  const { project, storage, bucket } = world.sandbox.info
  const prefix = `sessions/${chat.sessionId}/archive/`
  const [files] = await new Storage({ apiEndpoint: storage, projectId: project }).bucket(bucket).getFiles({ prefix })
  expect(files).not.toEqual([])
  return Promise.all(
    files.map(async (file) => {
      const [bytes] = await file.download()
      const head = bytes.subarray(0, bytes.indexOf(0x0a)).toString().replace('"v":1', `"v":${version}`)
      const sealed = cipher.seal('archive', Buffer.from('of that version'), head)
      await file.save(Buffer.concat([Buffer.from(`${head}\n`), sealed]))
      return { file, bytes }
    }),
  )
}
