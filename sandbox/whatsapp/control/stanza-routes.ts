// Control routes: calls, and any stanza that a test makes.
import type { Hono } from 'hono'
import { z } from 'zod'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import type { Stanza } from '../stanzas.ts'
import { contactOf, linkedAccount, phone, read } from './request.ts'

/** A stanza as JSON: its content is stanzas, a text, or bytes. */
type StanzaBody = { tag: string; attrs: Record<string, string>; content?: StanzaBody[] | string | { base64: string } | undefined }

const stanzaBody: z.ZodType<StanzaBody> = z.lazy(() => z.strictObject(stanzaShape))

const stanzaShape = {
  tag: z.string().min(1),
  attrs: z.record(z.string(), z.string()).default({}),
  content: z.union([z.array(stanzaBody), z.string(), z.strictObject({ base64: z.base64() })]).optional(),
}

const bodies = {
  call: z.strictObject({ from: phone, video: z.boolean().default(false), ends: z.enum(['terminate', 'timeout']).optional() }),
  end: z.strictObject({ how: z.enum(['terminate', 'timeout']) }),
  stanza: z.strictObject({ ...stanzaShape, via: z.enum(['queue', 'line']).default('queue') }),
}

const toStanza = ({ tag, attrs, content }: StanzaBody): Stanza => {
  if (content === undefined || typeof content === 'string')
    return content === undefined ? { tag, attrs } : { tag, attrs, content }
  return { tag, attrs, content: Array.isArray(content) ? content.map(toStanza) : Buffer.from(content.base64, 'base64') }
}

const callRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/accounts/:phone/call', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const { from, video, ends } = await read(c, bodies.call)
    const callId = simulator.calls.offer(contactOf(simulator, from), account, video)
    if (ends) simulator.calls.end(callId, ends)
    return c.json({ callId }, 201)
  })
  app.post('/accounts/:phone/call/:id/end', async (c) => {
    const { how } = await read(c, bodies.end)
    if (simulator.calls.end(c.req.param('id'), how)) return c.json({ ok: true })
    throw new Refused(404, `no call ${c.req.param('id')} is open: it never was, it was rejected, or it has ended`)
  })
}

export const stanzaRoutes = (app: Hono, simulator: Simulator): void => {
  callRoutes(app, simulator)
  app.post('/phones/:phone/stanza', async (c) => {
    const device = linkedAccount(simulator, c.req.param('phone')).newestDevice
    const { via, ...body } = await read(c, bodies.stanza)
    const { id } = body.attrs
    if (via === 'queue' && !id) throw new Refused(400, 'a stanza that is queued until it is answered needs an id in its attrs')
    if (via === 'line' && !device?.queue.line) throw new Refused(409, 'the client is not connected: queue the stanza')
    if (id) device?.watched.watch(id, body.tag)
    if (via === 'queue') device?.queue.put(toStanza(body))
    else device?.queue.sendNow(toStanza(body))
    return c.json({ ok: true }, 201)
  })
}
