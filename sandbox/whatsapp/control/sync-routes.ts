// Control routes: history and app state of phones.
import type { Hono } from 'hono'
import { z } from 'zod'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { keyName } from '../sync/app-state-keys.ts'
import { appStateOf } from '../sync/app-state-server.ts'
import { DIRTY_TYPES } from '../sync/dirty-bits.ts'
import { chunksOf, syncTypeName } from '../sync/history-chunks.ts'
import { historyOrder, makePast } from '../sync/past.ts'
import type { PastMessage } from '../sync/past-chats.ts'
import { changesIn, phoneChanges } from '../sync/phone-changes.ts'
import type { Account } from '../account.ts'
import { linkedAccount, positive, read } from './request.ts'

const bodies = {
  expire: z.strictObject({ id: z.string().min(1).optional() }),
  dirty: z.strictObject({ type: z.enum(DIRTY_TYPES), timestamp: positive.optional() }),
  rotate: z.strictObject({ share: z.boolean().default(true) }),
}

/** The file of one notification to any companion. */
const fileOf = (account: Account, id: string): string => {
  for (const { peerLog } of account.companions.values()) {
    const file = peerLog.find(id)?.file
    if (file !== undefined) return file
  }
  throw new Refused(404, `${account.phone} has sent no notification ${id} with a file`)
}

/** A message of the past, without the keys of its file. */
const withoutFile = (message: PastMessage): Omit<PastMessage, 'content'> => {
  const { content: _, ...rest } = message
  return rest
}

export const syncRoutes = (app: Hono, simulator: Simulator): void => {
  const { sync } = simulator
  const { media } = simulator.services
  app.get('/phones/:phone/history', (c) => {
    const { past } = simulator.account(c.req.param('phone'))
    if (!past) return c.json({ chunks: [], people: [] })
    const chunks = chunksOf(past, true).map(({ syncType, chunkOrder, progress, content, messages }) => ({
      syncType: syncTypeName(syncType),
      chunkOrder,
      progress: progress ?? null,
      messages: messages.map(withoutFile),
      mappings: content.phoneNumberToLidMappings ?? [],
    }))
    const people = new Set(past.chats.flatMap((chat) => chat.people))
    return c.json({ chunks, people: [...people].map(({ pn, lid, name }) => ({ pn, lid, name })) })
  })
  app.post('/phones/:phone/history', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const { letters, services } = simulator
    account.past = makePast({ world: services.world, letters }, account, await read(c, historyOrder))
    return c.json({ ok: true })
  })
  app.get('/phones/:phone/app-state', (c) => c.json(appStateOf(simulator.account(c.req.param('phone')).appState)))
  app.post('/phones/:phone/app-state', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const wanted = await read(c, phoneChanges)
    const changes = changesIn(wanted, simulator.services.world)
    if (changes.length === 0) throw new Refused(400, 'nothing to change: name one of archive, pin, mute, contact and so on')
    sync.appState.change(account, changes, wanted.external)
    return c.json(appStateOf(account.appState))
  })
  app.post('/phones/:phone/app-state/rotate-key', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const { share } = await read(c, bodies.rotate)
    const key = account.appState.rotateKey()
    if (share) for (const device of account.companions.values()) await sync.shareKeys(account, device, [key])
    return c.json({ keyId: keyName(key.id) })
  })
  app.post('/phones/:phone/app-state/share-keys', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const keys = [...account.appState.keys.values()]
    for (const device of account.companions.values()) await sync.shareKeys(account, device, keys)
    return c.json({ keyIds: keys.map(({ id }) => keyName(id)) })
  })
  app.post('/phones/:phone/dirty', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const { type, timestamp = Math.floor(Date.now() / 1000) } = await read(c, bodies.dirty)
    for (const { dirty, queue } of account.companions.values()) {
      dirty.mark(type, timestamp)
      if (queue.isLive) dirty.tell(queue.line)
    }
    return c.json({ ok: true })
  })
  app.post('/phones/:phone/expire-files', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const { id } = await read(c, bodies.expire)
    media.expire(account.phone, id === undefined ? undefined : fileOf(account, id))
    return c.json({ ok: true })
  })
}
