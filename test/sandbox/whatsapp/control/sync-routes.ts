// Control routes: what phones know besides messages, and tell their companions.
import type { Hono } from 'hono'
import { z } from 'zod'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { chunksOf, syncTypeName } from '../sync/history-chunks.ts'
import type { Account } from '../world.ts'
import { read } from './request.ts'

const bodies = {
  expire: z.strictObject({ id: z.string().min(1).optional() }),
}

/** The file of one notification that a companion was sent, whichever it was. */
const fileOf = (account: Account, id: string): string => {
  for (const { peerLog } of account.companions.values()) {
    const file = peerLog.find(id)?.file
    if (file !== undefined) return file
  }
  throw new Refused(404, `${account.phone} has sent no notification ${id} with a file`)
}

export const syncRoutes = (app: Hono, simulator: Simulator): void => {
  const { media } = simulator.services
  app.get('/phones/:phone/history', (c) => {
    const { past } = simulator.account(c.req.param('phone'))
    if (!past) return c.json({ chunks: [], people: [] })
    const chunks = chunksOf(past, true).map(({ syncType, chunkOrder, progress, content, messages }) => ({
      syncType: syncTypeName(syncType),
      chunkOrder,
      progress: progress ?? null,
      messages,
      mappings: content.phoneNumberToLidMappings ?? [],
    }))
    const people = new Set(past.chats.flatMap((chat) => chat.people))
    return c.json({ chunks, people: [...people].map(({ pn, lid, name }) => ({ pn, lid, name })) })
  })
  app.post('/phones/:phone/expire-files', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const { id } = await read(c, bodies.expire)
    media.expire(account.phone, id === undefined ? undefined : fileOf(account, id))
    return c.json({ ok: true })
  })
}
