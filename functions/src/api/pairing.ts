import { pairingPlace } from '@holdfast/core/session/session-document'
import { Hono } from 'hono'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import type { ApiDependencies } from '../app/app.ts'
import { cipherOf, findSession, parseSession } from '../use-cases/find-session.ts'
import { problem } from '../app/problems.ts'
import { readQuery } from '../app/request.ts'
import { type SessionAnswer, sessionAnswer } from '../use-cases/session-answer.ts'
import { ownerOf } from './sessions.ts'

const querySchema = z.object({ format: z.enum(['raw', 'svg'], 'must be raw or svg').default('raw') })

export function pairingRoutes({ documents, wrappingKey, clock }: ApiDependencies): Hono {
  const routes = new Hono()

  routes.get('/:name/auth/qr', async (context) => {
    const { format } = readQuery(context, querySchema)
    const { id, snapshot } = await findSession(documents, context.req.param('name'))
    const { pairing } = parseSession(snapshot)
    const session = sessionAnswer(snapshot, await ownerOf(documents, snapshot))
    if (session.status !== 'SCAN_QR_CODE' || !pairing || pairing.expiresAt.getTime() <= clock.now()) throw noQrCode(session)

    const cipher = await cipherOf(documents, id, wrappingKey)
    const value = cipher.openContent(pairing.qr, pairingPlace(id)).toString('utf8')
    if (format === 'raw') return context.json({ value, expiresAt: pairing.expiresAt })
    return context.body(renderSVG(value), 200, { 'Content-Type': 'image/svg+xml' })
  })

  return routes
}

/** Says what to do: look again in a second while a code is on its way, something else when none will come. */
function noQrCode({ name, status, state, wanted, sentence, userAction }: SessionAnswer) {
  const said = [`The session is ${state}: ${sentence}`, userAction].filter(Boolean).join(' ')
  if (status === 'WORKING') return problem('no-qr-code', 'The session is linked and connected; it needs no QR code.')
  if (status === 'FAILED') return problem('no-qr-code', said)
  if (wanted === 'offline') return problem('no-qr-code', `The session is stopped. Start it: POST /api/sessions/${name}/start.`)
  return problem('no-qr-code', `${said} Try again in a second.`, { headers: { 'Retry-After': '1' } })
}
