import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { sequenceId } from '@holdfast/core/session/ids'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start()
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

async function call(
  path: string,
  json?: unknown,
): Promise<{ status: number; body: Record<string, unknown> & { action: { id: string; state: string } } }> {
  const response = await world.sandbox.api(path, json === undefined ? { method: 'POST' } : { json })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown> & { action: { id: string; state: string } },
  }
}

const infoOf = async ({ name }: Chat): Promise<Record<string, unknown>> =>
  (await (await world.sandbox.api(`/api/sessions/${name}/info`)).json()) as Record<string, unknown>

async function untilDone(chat: Chat, id: unknown): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const response = await world.sandbox.api(`/api/sessions/${chat.name}/actions/${String(id)}`)
    const action = (await response.json()) as Record<string, unknown>
    expect(action['state']).toBe('done')
    return action
  })
}

async function conversationGoesOn(chat: Chat, word: string): Promise<void> {
  const job = await chat.send(`out ${word}`)
  await chat.untilStatus(job, 'delivered')
  await chat.receive(`in ${word}`)
  await eventually(async () => expect(await chat.stored()).toContain(`in ${word}`))
}

async function linkAnew(chat: Chat): Promise<void> {
  await world.sandbox.api(`/api/sessions/${chat.name}/start`, { method: 'POST' })
  await chat.untilSession('SCAN_QR_CODE PAIRING scan-qr')
  await eventually(async () => world.simulator.scan(chat.phone, (await world.api.qrCode(chat.name)) ?? ''))
  await chat.works()
}

describe('a restart', () => {
  test('reconnects without a scan, and once for several requests', async () => {
    const chat = await world.linked('restarted')
    const { logins } = await chat.account()
    const asked = await Promise.all([1, 2, 3].map(() => call(`/api/sessions/${chat.name}/restart`, { reason: 'a test' })))
    expect(asked.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(asked.map(({ body }) => body.action.id)).size).toBe(1)
    const done = await untilDone(chat, asked[0]?.body.action.id)
    expect(done).toMatchObject({ type: 'restart', why: 'a test', result: { code: 'restarted' }, durationMs: expect.any(Number) })
    await eventually(async () => expect((await chat.account()).logins).toBe(logins + 1))
    await chat.works()
    await conversationGoesOn(chat, 'after a restart')
    expect((await chat.account()).registrations).toBe(1)
  })

  test('that was requested while the session had no owner is done by its next owner', async () => {
    const chat = await world.linked('orphan')
    const [owner] = world.sandbox.runners()
    await world.sandbox.stopRunner(owner?.name ?? '')
    const { body } = await call(`/api/sessions/${chat.name}/restart`)
    expect(body.action.state).toBe('pending')
    await world.sandbox.startRunner(owner?.name ?? '')
    await untilDone(chat, body.action.id)
    await chat.works()
  })

  test('of a stopped session starts it', async () => {
    const chat = await world.linked('resting')
    await world.sandbox.api(`/api/sessions/${chat.name}/stop`, { method: 'POST' })
    await chat.untilSession('STOPPED STOPPED requested')
    expect(await call(`/api/sessions/${chat.name}/restart`)).toMatchObject({ status: 201, body: { action: null } })
    await chat.works()
  })
})

describe('a log-out', () => {
  test.each(['working', 'stopped'])(
    'of a %s session backs up, unlinks the device, and keeps the old credentials',
    async (state) => {
      const chat = await world.linked(`leaving-${state}`)
      await conversationGoesOn(chat, 'before')
      if (state === 'stopped') {
        await world.sandbox.api(`/api/sessions/${chat.name}/stop`, { method: 'POST' })
        await chat.untilSession('STOPPED STOPPED requested')
      }
      const { status, body } = await call(`/api/sessions/${chat.name}/logout`)
      expect(status).toBe(201)
      expect(await untilDone(chat, body.action.id)).toMatchObject({ result: { code: 'logged-out' } })
      await eventually(async () => expect((await chat.account()).deviceJid).toBeNull())
      const { putAside } = await chat.document()
      expect(putAside).toMatchObject([{ reason: 'logged-out', checkpoint: { object: expect.any(String) } }])
      expect(await infoOf(chat)).toMatchObject({ putAside: [{ reason: 'logged-out' }], session: { status: 'valid' } })
      if (state === 'stopped') {
        await chat.untilSession('STOPPED STOPPED requested')
        return
      }
      await chat.untilSession('FAILED LOGGED_OUT logged-out-on-request')
      await linkAnew(chat)
      await conversationGoesOn(chat, 'with the new device')
    },
  )
})

test.concurrent('a rotation gives the session a new device, and keeps its history and its queue', async () => {
  const chat = await world.linked('rotated')
  await conversationGoesOn(chat, 'before')
  const before = (await chat.stored()).length
  expect(await call(`/api/sessions/${chat.name}/rotate`)).toMatchObject({
    status: 200,
    body: { approved: false, isConnected: true },
  })
  const { body } = await call(`/api/sessions/${chat.name}/rotate`, { approve: true })
  expect(await untilDone(chat, body.action.id)).toMatchObject({ result: { code: 'rotated' } })
  expect(await chat.account()).toMatchObject({ deviceJid: null, registrations: 1 })
  const { putAside } = await chat.document()
  expect(putAside).toContainEqual(expect.objectContaining({ reason: 'logged-out', records: null }))
  const queued = await chat.send('It waits for the new device.')
  await eventually(async () => world.simulator.scan(chat.phone, (await world.api.qrCode(chat.name)) ?? ''))
  await chat.untilStatus(queued, 'delivered')
  expect((await chat.stored()).length).toBeGreaterThanOrEqual(before)
  expect((await chat.account()).registrations).toBe(2)
})

test.concurrent('a purge unlinks the device, and leaves nothing of the session', async () => {
  const chat = await world.linked('purged')
  await conversationGoesOn(chat, 'before')
  const purge = async () =>
    (await (
      await world.sandbox.api(`/api/sessions/${chat.name}?purge=true&confirm=${chat.name}`, { method: 'DELETE' })
    ).json()) as {
      purge: object
    }
  // A fast owner has unlinked it before the answer.
  expect(await purge()).toMatchObject({ purge: { phase: 'waiting', device: { fate: expect.stringMatching(/asked|unlinked/) } } })
  await eventually(async () =>
    expect((await purge()).purge).toMatchObject({ device: { fate: 'unlinked' }, backup: { state: 'done' } }),
  )
  expect((await chat.account()).deviceJid).toBeNull()
  await eventually(async () => expect((await chat.document()).runnerId).toBeNull())
  const { documents, objects } = world.google
  const path = sessionPath(chat.sessionId)
  const waiting = (await documents.read(path))?.fields['purge'] as object
  await documents.commit([{ kind: 'update', path, fields: { purge: { ...waiting, dueAt: new Date(0) } } }])
  await world.sandbox.fireSchedule('cleanup')
  expect((await purge()).purge).toMatchObject({ phase: 'done', device: { fate: 'unlinked' } })
  expect(await objects.list(`sessions/${chat.sessionId}/`)).toEqual([])
  // The same name again, with a phone that scans its code.
  expect((await world.sandbox.api('/api/sessions', { json: { name: chat.name } })).status).toBe(201)
  expect(await chat.stored()).toEqual([])
  await eventually(async () => world.simulator.scan(chat.phone, (await world.api.qrCode(chat.name)) ?? ''))
  await chat.works()
  await conversationGoesOn(chat, 'as if nothing had been')
})

describe('a log-out that WhatsApp does not answer', () => {
  /** Requests a log-out, and resolves when WhatsApp has the query and leaves it unanswered. */
  async function logOutUnanswered(chat: Chat): Promise<unknown> {
    await chat.fault('no-answer', { query: 'remove-companion-device' })
    const since = world.happened.length
    const { body } = await call(`/api/sessions/${chat.name}/logout`)
    await world.happens(({ phone, child }) => phone === chat.phone && child === 'remove-companion-device', since)
    return body.action.id
  }

  async function failsToLogOut(chat: Chat): Promise<void> {
    const id = await logOutUnanswered(chat)
    await eventually(async () => {
      const response = await world.sandbox.api(`/api/sessions/${chat.name}/actions/${String(id)}`)
      expect(await response.json()).toMatchObject({ state: 'failed', result: { code: 'not-connected' } })
    })
  }

  const unlinkOnPhone = ({ phone }: Chat): Promise<void> => world.post(`/phones/${phone}/unlink`, {})

  test.concurrent('fails with a reason: the device stays linked, and the next log-out unlinks it', async () => {
    const chat = await world.linked('unanswered')
    await failsToLogOut(chat)
    await chat.works()
    await conversationGoesOn(chat, 'as before')
    expect(await chat.account()).toMatchObject({ registrations: 1, deviceJid: expect.any(String) })
    await untilDone(chat, (await call(`/api/sessions/${chat.name}/logout`)).body.action.id)
    await chat.untilSession('FAILED LOGGED_OUT logged-out-on-request')
    expect((await chat.account()).deviceJid).toBeNull()
  })

  test.concurrent('is tried again on the next connection when its own connection ends', async () => {
    const chat = await world.linked('unanswered-ended')
    const id = await logOutUnanswered(chat)
    const { logins } = await chat.account()
    await chat.fault('stream-error', { code: 503 })
    await untilDone(chat, id)
    await chat.untilSession('FAILED LOGGED_OUT logged-out-on-request')
    expect(await chat.account()).toMatchObject({ deviceJid: null, logins: logins + 1 })
  })

  test.concurrent('was done all the same when its connection ends because the device is unlinked', async () => {
    const chat = await world.linked('unanswered-unlinked')
    const id = await logOutUnanswered(chat)
    await unlinkOnPhone(chat)
    expect(await untilDone(chat, id)).toMatchObject({ result: { code: 'logged-out' } })
    await chat.untilSession('FAILED LOGGED_OUT logged-out-on-request')
  })

  test.concurrent('and has failed is not the reason when the phone unlinks the device later', async () => {
    const chat = await world.linked('unanswered-then-unlinked')
    await failsToLogOut(chat)
    await chat.works()
    await unlinkOnPhone(chat)
    await chat.untilSession('FAILED LOGGED_OUT logged-out')
  })

  test('does not delay a hand-over, and is done by the next owner', async () => {
    const chat = await world.linked('unanswered-left')
    const id = await logOutUnanswered(chat)
    const [owner] = world.sandbox.runners()
    await world.sandbox.stopRunner(owner?.name ?? '')
    expect(await chat.document()).toMatchObject({ runnerId: null, reason: 'runner-leaving' })
    await world.sandbox.startRunner(owner?.name ?? '')
    await untilDone(chat, id)
    await chat.untilSession('FAILED LOGGED_OUT logged-out-on-request')
    expect((await chat.account()).deviceJid).toBeNull()
  })
})

describe('a log-out while Cloud Storage is away', () => {
  test('fails before it changes anything, because credentials without a backup must not end', async () => {
    const chat = await world.linked('kept')
    await world.sandbox.storage.stop()
    const { body } = await call(`/api/sessions/${chat.name}/logout`)
    await eventually(async () => {
      const response = await world.sandbox.api(`/api/sessions/${chat.name}/actions/${body.action.id}`)
      expect(await response.json()).toMatchObject({ state: 'failed', result: { code: 'backup-failed' } })
    })
    await world.sandbox.storage.start()
    await chat.works()
    await conversationGoesOn(chat, 'as before')
    expect(await chat.account()).toMatchObject({ registrations: 1, deviceJid: expect.any(String) })
  })
})

/** Deletes records of key changes whose effects WhatsApp has seen. Later records may remain. */
async function loseRecords(chat: Chat, missing: readonly number[]): Promise<void> {
  const deletions = missing.map((seq) => ({ kind: 'delete' as const, path: `${journalPath(chat.sessionId)}/${sequenceId(seq)}` }))
  await world.google.documents.commit(deletions)
}

describe('a session whose journal has a gap', () => {
  // Its runner starts four times, and would open the sessions of all tests above each time.
  beforeAll(() => world.stopSessions())

  test('waits, shows what a restore would lose, and goes on with new keys after the restore', { timeout: 90_000 }, async () => {
    const chat = await world.linked('torn')
    await conversationGoesOn(chat, 'before the loss')
    await world.sandbox.stopRunner('runner-1')
    const before = Number((await chat.document())['journalHead'])
    await world.sandbox.startRunner('runner-1')
    await chat.works()
    for (const word of ['one', 'two', 'three']) await conversationGoesOn(chat, word)
    await world.sandbox.stopRunner('runner-1')
    // The pointer goes back to the checkpoint of the first hand-over, and records that follow it are deleted. The objects and
    // records that remain must survive the restore.
    const { checkpoint } = await chat.document()
    const storage = world.google.objects
    const names = await storage.list(`sessions/${chat.sessionId}/`)
    await world.google.documents.commit([
      {
        kind: 'merge',
        path: `whatsapp_connection_states/${chat.sessionId}`,
        fields: { checkpoint: (await chat.document())['previousCheckpoint'], previousCheckpoint: null },
      },
    ])
    expect(names.length).toBeGreaterThanOrEqual(2)
    expect(checkpoint).toMatchObject({ seq: expect.any(Number) })
    const records = await world.google.documents.query({ collection: journalPath(chat.sessionId), select: ['kind'] })
    const lost = records.map(({ id }) => Number(id)).filter((seq) => seq > before + 2)
    await loseRecords(chat, lost.slice(2, -2))
    const kept = await snapshotOf(chat)
    await world.sandbox.startRunner('runner-1')
    await chat.untilSession('FAILED NEEDS_ATTENTION journal-gap')
    expect(await infoOf(chat)).toMatchObject({
      session: { status: 'corrupt', reason: 'journal-gap' },
      persistence: { willSurviveRestart: false },
    })
    const { status, body: plan } = await call(`/api/sessions/${chat.name}/restore`)
    expect(status).toBe(200)
    expect(plan).toMatchObject({ approved: false, reason: 'journal-gap', wouldLose: { records: expect.any(Number) } })
    const approved = await call(`/api/sessions/${chat.name}/restore`, { approve: true })
    expect(approved).toMatchObject({ status: 202, body: { approved: true } })
    await untilDone(chat, (approved.body.action as { id: string }).id)
    await chat.works()
    for (const word of ['after it', 'and again']) await conversationGoesOn(chat, word)
    expect((await chat.account()).registrations).toBe(1)
    // The restore deleted neither records nor objects.
    const after = await snapshotOf(chat)
    expect(after).toEqual(expect.arrayContaining(kept))
    expect(await infoOf(chat)).toMatchObject({ session: { status: 'valid' }, persistence: { willSurviveRestart: true } })
    // The restored state survives the next start.
    world.sandbox.runner('runner-1').kill()
    await conversationGoesOn(chat, 'after a kill')
    expect((await call(`/api/sessions/${chat.name}/restore`)).body).toMatchObject({ code: 'nothing-to-restore' })
  })
})

async function snapshotOf(chat: Chat): Promise<string[]> {
  const records = await world.google.documents.query({ collection: journalPath(chat.sessionId), select: ['kind'] })
  return [...records.map(({ id }) => id), ...(await world.google.objects.list(`sessions/${chat.sessionId}/`))]
}
