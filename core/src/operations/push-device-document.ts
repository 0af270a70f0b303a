import { createHash } from 'node:crypto'
import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { ALERT_SEVERITIES } from './alert-document.ts'

/**
 * PERSISTED CONTRACT v1: `push_devices/{id}`, a browser that shows alerts of a tenant while no page is open. New versions only add
 * optional fields.
 */
export const PUSH_DEVICES = 'push_devices'

export const pushDevicePath = (id: string): string => `${PUSH_DEVICES}/${id}`

/** The form of the ids. */
export const PUSH_DEVICE_ID = /^[0-9a-f]{24}$/

/** The same browser has the same id in a tenant, however often it is registered. The address itself is a secret. */
export const pushDeviceIdOf = (tenant: string, endpoint: string): string =>
  createHash('sha256').update(`holdfast push device: ${tenant} ${endpoint}`).digest('hex').slice(0, 24)

/** The name under which the private key is sealed. Names of other secrets have no slash. */
export const PUSH_KEYS_SECRET = 'push_keys/private'

export const pushDeviceSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  /** For people. */
  name: z.string(),
  /** The id of the API key with which the person signed in; `operator` for one of the environment. */
  key: z.string(),
  /** Also gets what concerns no tenant, and tenants without channels of their own. */
  isOperator: z.boolean(),
  /** Alerts below this severity are not shown. */
  minSeverity: z.enum(ALERT_SEVERITIES),
  /** The subscription as JSON, sealed as the tenant's secret `push_devices/{id}`. */
  sealed: bytesSchema,
  createdAt: z.date(),
  /** Set when the browser has ended its subscription. Firestore removes the document soon after. */
  expireAt: z.date().nullable().default(null),
})

export type PushDevice = z.infer<typeof pushDeviceSchema>

/**
 * PERSISTED CONTRACT v1: `push_keys/{tenant}`, the keys by which push services know a tenant. Created once: a browser takes messages from the keys
 * only for which it subscribed. New versions only add optional fields.
 */
export const pushKeysPath = (tenant: string): string => `push_keys/${tenant}`

export const pushKeysSchema = z.object({
  v: z.literal(1),
  publicKey: z.string(),
  /** The private key, sealed as the tenant's secret `PUSH_KEYS_SECRET`. */
  sealed: bytesSchema,
})
