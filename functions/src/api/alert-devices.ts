import { ALERT_SEVERITIES } from '@holdfast/core/operations/alert-document'
import { z } from 'zod'
import { addDevice, listDevices, removeDevice } from '../use-cases/alerts/push-devices.ts'
import { READERS, type Route, route } from './route.ts'
import { refusedField, time } from './schemas.ts'

const deviceSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    minSeverity: z.enum(ALERT_SEVERITIES),
    createdAt: time,
    createdBy: z.string().meta({ description: 'The id of the API key.' }),
    isMine: z.boolean().meta({ description: 'The caller has the same key.' }),
  })
  .meta({ id: 'AlertDevice' })

const EXAMPLE = {
  name: 'Firefox on Android',
  subscription: {
    endpoint: 'https://push.example.com/send/abc',
    keys: {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    },
  },
}

const keyText = z.string('must be a text').regex(/^[\w-]{1,128}={0,2}$/, 'must be base64url')

const requestSchema = z
  .object({
    name: z.string('must be a text').trim().min(1, 'must not be empty').max(80, 'must have at most 80 characters'),
    minSeverity: z.enum(ALERT_SEVERITIES).default('warning'),
    subscription: z
      .object({
        endpoint: z.url({ protocol: /^https?$/, error: 'must be a web address' }).max(2000, 'must have at most 2000 characters'),
        keys: z.object({ p256dh: keyText, auth: keyText }),
      })
      .meta({ description: 'What `PushSubscription.toJSON()` gives. Its other fields are ignored.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'AlertDeviceRequest', example: EXAMPLE })

const deviceId = z.object({
  id: z.string().meta({ description: 'The id of a browser.', example: '0123456789abcdef01234567' }),
})

export const ALERT_DEVICE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/alerts/devices',
    operationId: 'listAlertDevices',
    tag: 'Alerts',
    summary: 'List the browsers that show alerts',
    description:
      'Those that were added with the same key; an admin sees all of the tenant, and the operator those of all operators, too.',
    roles: READERS,
    answers: {
      200: {
        description: 'The browsers.',
        schema: z
          .strictObject({
            publicKey: z
              .string()
              .meta({ description: 'The `applicationServerKey` of this tenant, with which a browser subscribes.' }),
            devices: z.array(deviceSchema),
          })
          .meta({ id: 'AlertDevices' }),
      },
    },
    run: async ({ dependencies, principal }) => ({ status: 200, body: await listDevices(dependencies, principal) }),
  }),
  route({
    method: 'POST',
    path: '/api/alerts/devices',
    operationId: 'addAlertDevice',
    tag: 'Alerts',
    summary: 'Show alerts in a browser while no page is open',
    description:
      'By web push. It shows what the key may see, for as long as the key is valid, and goes on after the sign-in of the browser has ended. The ' +
      "operator's browsers show alerts until somebody removes them. The same subscription may be sent again.",
    roles: READERS,
    request: { body: requestSchema },
    answers: { 201: { description: 'The browser.', schema: deviceSchema } },
    problems: ['invalid-subscription', 'quota-exceeded'],
    run: async ({ dependencies, principal, body: { name, minSeverity, subscription } }) => ({
      status: 201,
      body: await addDevice(dependencies, principal, {
        name,
        minSeverity,
        subscription: { endpoint: subscription.endpoint, ...subscription.keys },
      }),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/alerts/devices/:id',
    operationId: 'removeAlertDevice',
    tag: 'Alerts',
    summary: 'Show no more alerts in a browser',
    roles: READERS,
    request: { params: deviceId },
    answers: { 200: { description: 'The browser, as it was.', schema: deviceSchema } },
    problems: ['unknown-device'],
    run: async ({ dependencies, principal, params: { id } }) => ({
      status: 200,
      body: await removeDevice(dependencies, principal, id),
    }),
  }),
]
