import { renderSVG } from 'uqr'
import { z } from 'zod'
import { pairingCode } from '../use-cases/pairing-code.ts'
import { ADMINS, type Route, route } from './route.ts'
import { named, time } from './schemas.ts'

const formatQuery = z.object({
  format: z
    .enum(['raw', 'svg'], 'must be raw or svg')
    .default('raw')
    .meta({ description: '`raw` returns the content of the code as JSON, `svg` returns a picture.', example: 'raw' }),
})

export const PAIRING_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/auth/qr',
    operationId: 'getQrCode',
    tag: 'Pairing',
    summary: 'Show the current QR code',
    description:
      'A code is valid for less than a minute. While the runner prepares the next code, the answer is `no-qr-code`, and its ' +
      'header Retry-After says when to repeat the request.',
    roles: ADMINS,
    request: { params: named, query: formatQuery },
    answers: {
      200: {
        description: 'The QR code.',
        schema: z.strictObject({ value: z.string(), expiresAt: time }).meta({ id: 'QrCode' }),
        alsoAs: ['image/svg+xml'],
      },
    },
    problems: ['unknown-session', 'no-qr-code'],
    async run({ dependencies, principal, params, query }) {
      const code = await pairingCode(dependencies, principal, params.name)
      if (query.format === 'raw') return { status: 200, body: code }
      return { status: 200, text: renderSVG(code.value), contentType: 'image/svg+xml' }
    },
  }),
]
