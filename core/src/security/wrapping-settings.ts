import { z } from 'zod'
import { KMS_KEY_FORM, KMS_KEY_NAME, type KmsConfig } from '../platform/kms-names.ts'
import { encryptionKey, type Rule, says } from '../platform/settings.ts'
import type { NamedKey } from './wrapping-keys.ts'

/** What a process needs to open the wrapped data keys. */
export interface WrappingConfig {
  /** The keys of the environment. The first one is current. */
  readonly keys: readonly NamedKey[]
  /** Null: the first of the keys wraps. */
  readonly kms: KmsConfig | null
}

const LABEL = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/

/** `label:key` with commas between, the current one first. A complaint names an entry by its place, because any part may be secret. */
const labelledKeys = z.string().transform((text, context): readonly NamedKey[] => {
  const problems: string[] = []
  const keys = text.split(',').map((entry, index) => {
    const [, label = '', secret = ''] = /^\s*([^:]*):(.*)$/s.exec(entry) ?? []
    const read = encryptionKey.safeParse(secret)
    if (!LABEL.test(label)) problems.push(`entry ${index + 1} must begin with a label and a colon, like v2:`)
    else if (!read.success) problems.push(`the key of entry ${index + 1} must be 32 bytes as base64 or hex`)
    return { label, key: read.data ?? Buffer.alloc(0) }
  })
  if (problems.length === 0) problems.push(...doubles(keys))
  if (problems.length === 0) return keys
  const message = `must be labels and keys, the current one first, like v2:KEY,v1:KEY: ${problems.join('; ')}`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** A label that names two keys, or a key under two labels, is a slip: the older key would be missing. */
function doubles(keys: readonly NamedKey[]): string[] {
  const found: string[] = []
  for (const [index, { label, key }] of keys.entries()) {
    const before = keys.slice(0, index)
    if (before.some((other) => other.label === label)) found.push(`entry ${index + 1} has the label of an earlier one`)
    else if (before.some((other) => other.key.equals(key))) found.push(`entry ${index + 1} has the key of an earlier one`)
  }
  return found
}

/** Settings that each process spreads into its schema. `wrappingRules` checks how they depend on each other. */
export const wrappingSettings = {
  SESSION_ENCRYPTION_KEY: encryptionKey.optional().meta({
    ...encryptionKey.meta(),
    required: 'unless `SESSION_ENCRYPTION_KEYS` or `KMS_KEY` is set',
  }),
  SESSION_ENCRYPTION_KEYS: says(
    'Several such keys, each with a label, while one replaces another: `v2:KEY,v1:KEY`. The first one wraps, and all of them open. `SESSION_ENCRYPTION_KEY` opens too where it is set beside them. See `docs/SECURITY.md`, "The wrapping key". A secret.',
    labelledKeys.optional(),
    { without: '`SESSION_ENCRYPTION_KEY` alone' },
  ),
  KMS_KEY: says(
    'The full name of a symmetric key of Cloud KMS, which wraps the data keys from then on and never leaves it. A tenant may have another one (`kmsKey`). What `SESSION_ENCRYPTION_KEY` wrapped still opens with that where it is set beside it. See `docs/SECURITY.md`, "The wrapping key".',
    z.string().regex(KMS_KEY_NAME, KMS_KEY_FORM).optional(),
    {
      example: 'projects/my-project/locations/us-central1/keyRings/holdfast/cryptoKeys/wrapping',
      without: 'Cloud KMS is not used',
    },
  ),
  CLOUD_KMS_EMULATOR_HOST: says(
    '`host:port` of a stand-in for Cloud KMS. Only the sandbox sets it.',
    z
      .string()
      .regex(/^[^/:]+:\d{1,5}$/, 'must be host:port')
      .optional(),
    { without: 'Cloud KMS itself' },
  ),
}

const someKey: Rule = ({ SESSION_ENCRYPTION_KEY: one, SESSION_ENCRYPTION_KEYS: several, KMS_KEY: kms }) =>
  one === undefined && several === undefined && kms === undefined
    ? 'SESSION_ENCRYPTION_KEY: is required: 32 random bytes, e.g. from `openssl rand -base64 32`; or set SESSION_ENCRYPTION_KEYS or KMS_KEY instead'
    : null

export const wrappingRules: readonly Rule[] = [someKey]

/** The wrapping keys of settings that passed `wrappingRules`. */
export function wrappingOf(settings: {
  SESSION_ENCRYPTION_KEY?: Buffer | undefined
  SESSION_ENCRYPTION_KEYS?: readonly NamedKey[] | undefined
  KMS_KEY?: string | undefined
  CLOUD_KMS_EMULATOR_HOST?: string | undefined
  GOOGLE_CLOUD_PROJECT: string
}): WrappingConfig {
  const { SESSION_ENCRYPTION_KEY: one, SESSION_ENCRYPTION_KEYS: several = [], KMS_KEY: key } = settings
  const isNew = one !== undefined && several.every(({ key }) => !key.equals(one))
  const keys = isNew ? [...several, { label: '', key: one }] : several
  if (key === undefined) return { keys, kms: null }
  const { GOOGLE_CLOUD_PROJECT: projectId, CLOUD_KMS_EMULATOR_HOST: emulator = null } = settings
  return { keys, kms: { projectId, key, emulator } }
}
