// Control routes: files that people send.
import { createHash } from 'node:crypto'
import type { Hono } from 'hono'
import { z } from 'zod'
import { LETTER_KINDS } from '../media/encryption.ts'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { contactOf, linkedAccount, phone, read } from './request.ts'

const bodies = {
  send: z.strictObject({
    to: phone,
    kind: z.enum(LETTER_KINDS),
    /** Base64; or `size`, for as many bytes that follow from the number. */
    data: z.base64().optional(),
    size: z.number().int().nonnegative().optional(),
    mimetype: z.string().min(1),
    filename: z.string().optional(),
    caption: z.string().optional(),
  }),
  expire: z.strictObject({ to: phone, id: z.string().min(1), phoneKeeps: z.boolean().default(true) }),
}

/** Bytes that look random and are the same for the same size. */
const bytesOfSize = (size: number): Buffer => {
  const bytes = Buffer.alloc(size)
  let state = size || 1
  for (let at = 0; at + 4 <= size; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes.writeUInt32LE(state, at)
  }
  return bytes
}

const withBytes = ({ data, size = 1000, ...file }: z.infer<typeof bodies.send>) => ({
  ...file,
  bytes: data === undefined ? bytesOfSize(size) : Buffer.from(data, 'base64'),
})

const described = ({ bytes }: { bytes: Buffer }) => ({
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

export const mediaRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/contacts/:phone/send-media', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { to, ...file } = withBytes(await read(c, bodies.send))
    return c.json({ id: await simulator.letters.send(contact, linkedAccount(simulator, to), file), ...described(file) })
  })
  app.post('/phones/:phone/send-media', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const { to, ...file } = withBytes(await read(c, bodies.send))
    return c.json({ id: await simulator.letters.sendFromPhone(account, contactOf(simulator, to), file), ...described(file) })
  })
  app.post('/contacts/:phone/expire-media', async (c) => {
    contactOf(simulator, c.req.param('phone'))
    const { to, id, phoneKeeps } = await read(c, bodies.expire)
    if (!simulator.letters.expire(linkedAccount(simulator, to), id, phoneKeeps)) throw new Refused(404, `${id} has no file`)
    return c.json({ ok: true })
  })
  app.get('/uploads', (c) => c.json({ times: simulator.services.uploads.timesOf(c.req.query('path') ?? '') }))
  app.get('/letters/:id', (c) => c.json({ askedAgain: simulator.letters.askedAgain(c.req.param('id')) }))
}
