import { encode, renderSVG } from 'uqr'
import { z } from 'zod'
import { pairingCode, qrCode } from '../use-cases/pairing-code.ts'
import { pngOf } from './png.ts'
import { ADMINS, type Route, route } from './route.ts'
import { named, requiredString, time, unknownField } from './schemas.ts'

const formatQuery = z.object({
  format: z.enum(['image', 'raw', 'svg'], 'must be image, raw or svg').default('image').meta({
    description:
      '`image` returns a PNG, or with `Accept: application/json` the same in JSON; `raw` the content of the code; `svg` a drawing.',
    example: 'raw',
  }),
})

const acceptHeader = z.object({ Accept: z.string().optional() })

const codeRequestSchema = z
  .object({ phoneNumber: requiredString('like 491701234567') })
  .catchall(unknownField)
  .meta({ id: 'CodeRequest', example: { phoneNumber: '5511999990000' } })

/** What else may become of a question to the runner. */
const UNANSWERED = ['session-not-working', 'not-possible', 'session-busy', 'session-failed', 'no-answer'] as const

const JSON_TYPE = /(^|,)\s*application\/json\s*(;|,|$)/i

export const PAIRING_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/auth/qr',
    operationId: 'getQrCode',
    tag: 'Pairing',
    summary: 'Show the current QR code',
    description:
      'A code is valid for less than a minute. While the runner prepares one, the request waits for some seconds. If there is none then, the ' +
      'answer is `wrong-status`, and its header Retry-After says when to repeat the request.',
    roles: ADMINS,
    request: { params: named, query: formatQuery, headers: acceptHeader },
    answers: {
      200: {
        description: 'The QR code.',
        schema: z.union([
          z.strictObject({ value: z.string(), expiresAt: time }).meta({ id: 'QrCode' }),
          z.strictObject({ mimetype: z.literal('image/png'), data: z.string() }).meta({ id: 'QrPicture' }),
        ]),
        alsoAs: ['image/png', 'image/svg+xml'],
      },
    },
    problems: ['unknown-session', 'wrong-status'],
    async run({ dependencies, principal, params, query, headers }) {
      const code = await qrCode(dependencies, principal, params.name)
      if (query.format === 'raw') return { status: 200, body: code }
      if (query.format === 'svg') return { status: 200, text: renderSVG(code.value), contentType: 'image/svg+xml' }
      const png = pngOf(encode(code.value, { border: 4 }).data)
      if (!JSON_TYPE.test(headers.Accept ?? '')) return { status: 200, text: new Uint8Array(png), contentType: 'image/png' }
      return { status: 200, body: { mimetype: 'image/png' as const, data: png.toString('base64') } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/:name/auth/request-code',
    operationId: 'requestPairingCode',
    tag: 'Pairing',
    summary: 'Make a code that links a phone without a scan',
    description:
      'The owner of the phone types the code in: WhatsApp, Settings, Linked devices, Link with phone number instead. While the runner ' +
      'prepares the session, the request waits for some seconds. A code can be tried once; the next request makes another one. It ends with ' +
      'the round of QR codes of its time, which takes about 160 seconds. WhatsApp allows few codes a day for one number.',
    roles: ADMINS,
    request: { params: named, body: codeRequestSchema },
    answers: {
      201: {
        description: 'The code.',
        schema: z.strictObject({ code: z.string().meta({ example: 'ABCD-1234' }) }).meta({ id: 'PairingCode' }),
      },
    },
    problems: ['unknown-session', 'wrong-status', 'invalid-phone', 'refused-there', ...UNANSWERED],
    run: async ({ dependencies, principal, params, body }) => ({
      status: 201,
      body: { code: await pairingCode(dependencies, principal, params.name, body.phoneNumber) },
    }),
  }),
]
