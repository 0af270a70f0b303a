import { tenantDocumentSchema, tenantPath, TENANT_ID } from '@holdfast/core/operations/tenant-document'
import { TENANT_WEBHOOK_SECRETS } from '@holdfast/core/operations/webhook-secrets'
import { HoldfastError, isKeyRefused } from '@holdfast/core/platform/errors'
import type { Change, DocumentSnapshot, Fields } from '@holdfast/core/platform/ports'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import type { Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import { requireWholeTenant } from './acting-tenant.ts'
import { contradiction, type GivenChannel, splitChannels } from './channel-secrets.ts'
import type { Dependencies } from './dependencies.ts'
import { mergePatch } from './merge-patch.ts'
import { Refusal } from './refusal.ts'
import type { TenantAnswer } from './tenant-answer.ts'
import { cipherOfTenant } from './tenant-cipher.ts'
import { versionOfTenant } from './tenant-version.ts'
import { tenantWebhooks } from './webhooks/tenant-webhooks.ts'
import { findTenant, parseTenant, showTenant } from './tenants.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'wrappingKey' | 'tryKey' | 'clock' | 'logger'>

/** How often a change is made on the newest document, when others change it at the same time. */
const ATTEMPTS = 5

const MOST_SECRETS = 50

const OPERATORS_ONLY = { quotas: 'quotas', kmsKey: 'the wrapping key of a tenant' } as const

/** A change of a tenant. Each field of `config` is valid by itself; null removes one. */
export interface TenantPatch {
  readonly name?: string | undefined
  readonly config?: Readonly<Record<string, unknown>> | undefined
  /** Values to seal, by name; null removes one. */
  readonly secrets?: Readonly<Record<string, string | null>> | undefined
  /** The version that the change is about: another one is left alone. */
  readonly ifVersion?: string | undefined
}

/**
 * Creates a tenant.
 *
 * @throws Refusal `single-tenant`, `tenant-exists` or `contradictory-configuration`
 */
export async function createTenant(
  dependencies: Needed & Pick<Dependencies, 'isMultiTenant'>,
  { id, ...patch }: TenantPatch & { readonly id: string },
): Promise<TenantAnswer> {
  const { documents, logger, isMultiTenant } = dependencies
  if (!isMultiTenant) throw new Refusal('single-tenant', 'ENABLE_MULTITENANCY is false: there is the tenant `default` only.')
  if (id === DEFAULT_TENANT) throw new Refusal('tenant-exists', 'The tenant `default` is always there. Change it instead.')
  await requireUsableKey(dependencies, patch)
  const changes = await changesFor(dependencies, id, null, { name: id, ...patch })
  try {
    await documents.commit(changes)
  } catch (error) {
    if (!(await documents.read(tenantPath(id)))) throw error
    throw new Refusal('tenant-exists', `Change the tenant instead: PATCH /api/tenants/${id}.`)
  }
  concerns({ tenant: id })
  logger.info('A tenant was created.')
  return showTenant(dependencies, id)
}

/**
 * Changes what the patch names. Runners and functions follow within ten seconds.
 *
 * @throws Refusal `unknown-tenant`, `tenant-changed`, `contradictory-configuration`, or `forbidden` for what only the operator sets
 * @throws HoldfastError `wrapping-key-unavailable` when Cloud KMS does not answer whether it has the key
 */
export async function changeTenant(
  dependencies: Needed,
  principal: Principal,
  { id, ifVersion, ...patch }: TenantPatch & { readonly id: string },
): Promise<TenantAnswer> {
  requireWholeTenant(principal)
  for (const [field, what] of Object.entries(OPERATORS_ONLY)) {
    if (patch.config?.[field] !== undefined && principal.role !== 'operator') {
      throw new Refusal('forbidden', `Only the operator of the installation sets ${what}.`)
    }
  }
  await requireUsableKey(dependencies, patch)
  const { documents, logger } = dependencies
  let written: string | null = null
  for (let attempt = 1; ; attempt++) {
    const snapshot = await findTenant(dependencies, id)
    const version = versionOfTenant(snapshot && parseTenant(snapshot))
    // An earlier attempt may have succeeded, and its answer was lost.
    if (version === written) return await showTenant(dependencies, id)
    if (ifVersion !== undefined && version !== ifVersion) {
      throw new Refusal(
        'tenant-changed',
        `Somebody else has changed it: it has the version ${version}. Read it anew, then change it.`,
      )
    }
    const changes = await changesFor(dependencies, id, snapshot, patch)
    written = versionOfFields(changes)
    try {
      await documents.commit(changes)
      logger.info({ by: principal.key, parts: Object.keys(patch.config ?? {}) }, 'The configuration of a tenant was changed.')
      return await showTenant(dependencies, id)
    } catch (error) {
      // Another change was faster, or this commit succeeded and its answer was lost. Either way the same patch gives the right result.
      const now = await documents.read(tenantPath(id))
      if (attempt === ATTEMPTS || now?.updatedAtMicros === snapshot?.updatedAtMicros) throw error
    }
  }
}

/** The version that a document has with what is being written. */
function versionOfFields([first]: readonly Change[]): string | null {
  const fields = first && 'fields' in first ? tenantDocumentSchema.pick(VERSIONED).safeParse(first.fields) : null
  return fields?.success ? versionOfTenant(fields.data) : null
}

const VERSIONED = { name: true, config: true, secrets: true } as const

/** The data keys of each new session would wait for a key that cannot be used. Null goes back to the key of the installation. */
async function requireUsableKey({ tryKey }: Needed, { config }: TenantPatch): Promise<void> {
  const key = config?.['kmsKey']
  if (typeof key !== 'string') return
  if (!tryKey) {
    throw contradiction('kmsKey: this installation does not use Cloud KMS. Set KMS_KEY for all of its processes first.')
  }
  try {
    await tryKey(key)
  } catch (error) {
    if (!isKeyRefused(error)) throw error
    throw contradiction(`kmsKey: ${error.message} ${error.advice ?? ''}`.trim())
  }
}

async function changesFor(
  dependencies: Needed,
  tenant: string,
  snapshot: DocumentSnapshot | null,
  patch: TenantPatch,
): Promise<Change[]> {
  if (!TENANT_ID.test(tenant)) throw new HoldfastError('bad-document', `${tenantPath(tenant)} has no valid name.`)
  const document = snapshot && parseTenant(snapshot)
  const stored = document?.secrets ?? {}
  const told = await tenantWebhooks(dependencies, tenant, patch.config?.['webhooks'])
  const webhooks = told ? { webhooks: told.webhooks } : {}
  const plain = { ...patch, ...(patch.config ? { config: { ...patch.config, ...webhooks } } : {}) }
  const { config, secrets } = configFor(snapshot?.fields['config'], plain, Object.keys(stored))
  if (told) secrets.set(TENANT_WEBHOOK_SECRETS, told.secret)
  const { sealed, keyChanges } = await sealAll(dependencies, tenant, stored, secrets)
  const fields: Fields = { name: patch.name ?? document?.name ?? tenant, config, secrets: sealed }
  const path = tenantPath(tenant)
  if (snapshot) return [{ kind: 'update', path, fields, unlessChangedSince: snapshot }, ...keyChanges]
  const created = { v: 1, state: 'active', createdAt: new Date(dependencies.clock.now()) }
  return [{ kind: 'create', path, fields: { ...created, ...fields } }, ...keyChanges]
}

/** Merges into the configuration as it is stored, so that what only a later version knows stays. */
function configFor(stored: unknown, patch: TenantPatch, names: readonly string[]) {
  const given = channelsOf(patch.config)
  const split = given ? splitChannels(given, names) : { channels: null, secrets: new Map<string, string | null>() }
  const alerts = split.channels ? { alerts: alertsWith(patch.config?.['alerts'], split.channels) } : {}
  const config = mergePatch(stored, { ...patch.config, ...alerts })
  const checked = tenantDocumentSchema.shape.config.safeParse(config)
  if (!checked.success)
    throw contradiction(checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  return { config, secrets: new Map([...split.secrets, ...Object.entries(patch.secrets ?? {})]) }
}

/** What a patch does to alerts, without the secrets of channels. */
const alertsWith = (given: unknown, channels: readonly object[]): object | null =>
  given === null ? null : { ...(given as object), channels }

/** The channels that a patch sets. Null when it leaves them alone. */
function channelsOf(config: TenantPatch['config']): readonly GivenChannel[] | null {
  const alerts = config?.['alerts'] as { channels?: readonly GivenChannel[] | null } | null | undefined
  if (alerts === undefined || (alerts !== null && alerts.channels === undefined)) return null
  return alerts?.channels ?? []
}

type Sealed = Readonly<Record<string, Uint8Array>>

async function sealAll(
  dependencies: Needed,
  tenant: string,
  stored: Sealed,
  secrets: ReadonlyMap<string, string | null>,
): Promise<{ sealed: Sealed; keyChanges: readonly Change[] }> {
  const removed = new Map(Object.entries(stored).filter(([name]) => secrets.get(name) !== null))
  const given = [...secrets].filter((entry): entry is [string, string] => entry[1] !== null)
  if (given.length === 0) return { sealed: Object.fromEntries(removed), keyChanges: [] }
  const { cipher, keyChanges } = await cipherOfTenant(dependencies, tenant, Object.keys(stored).length > 0)
  for (const [name, value] of given) removed.set(name, cipher.seal(name, value))
  if (removed.size > MOST_SECRETS) throw contradiction(`A tenant can have at most ${MOST_SECRETS} secrets.`)
  return { sealed: Object.fromEntries(removed), keyChanges }
}
