import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { StateImage } from '@holdfast/core/journal/state-image'
import { IDENTITY_KINDS } from '@holdfast/core/journal/state-kinds'
import { tenantDocumentSchema, tenantPath } from '@holdfast/core/operations/tenant-document'
import { effectiveConfig, type TenantDefaults } from '@holdfast/core/operations/tenant-settings'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import { SERVER_TIME, type Change, type DocumentSnapshot } from '@holdfast/core/platform/ports'
import { newSessionKeys } from '@holdfast/core/security/envelope'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { checkpointFolder, DEFAULT_TENANT, sessionIdOf } from '@holdfast/core/session/ids'
import { newSession } from '@holdfast/core/session/new-session'
import { isHandedOut, SESSIONS, sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { stateFields } from '@holdfast/core/session/state-fields'
import { MOVED_KINDS } from '../whatsapp/baileys/moving/entry-names.ts'
import { type MovingOwner, type MovingStores, ownSession, readBack } from './new-owner.ts'
import { differenceOf, valuesOf } from './state-difference.ts'

export interface Arrival {
  readonly tenant: string
  readonly name: string
  readonly account: { readonly id: string; readonly lid: string | null }
  /** The whole state of the session. */
  readonly image: StateImage
  /** Whether a runner connects the session as soon as it is stored. */
  readonly start: boolean
}

export interface MoveInDependencies extends MovingStores {
  readonly tenantDefaults: TenantDefaults
}

/** The most bytes of one change. A commit takes some MB. */
const CHANGE_BYTES = 512 * 1024

/** Where a session is to arrive. */
interface Place {
  readonly sessionId: string
  readonly tenant: DocumentSnapshot | null
  /** True when an earlier run of this move was cut short, or the session was exported and comes back. */
  readonly isBegun: boolean
}

/**
 * Looks whether the session can arrive under its name. Changes nothing.
 *
 * @throws HoldfastError `cannot-move` when the name or the number is taken, or the tenant is unknown, ends, or is full
 */
export async function findPlace(
  dependencies: MoveInDependencies,
  { tenant: tenantId, name, account }: Pick<Arrival, 'tenant' | 'name' | 'account'>,
): Promise<Place> {
  const { documents, objects } = dependencies
  const sessionId = sessionIdOf(tenantId, name)
  const tenant = await documents.read(tenantPath(tenantId))
  const found = await documents.read(sessionPath(sessionId))
  const session = found && parseStored(sessionDocumentSchema, found.fields, found.path)
  const phase = session?.moved?.phase
  const isBegun = (phase === 'arriving' || phase === 'exported') && session?.me?.id === account.id
  if (session && !isBegun) throw refused(`There is a session "${name}" already. Choose another name.`)
  if (!isBegun) {
    await requireRoom(dependencies, tenantId, tenant)
    const key = await documents.read(sessionKeyPath(sessionId))
    if (key) throw refused(`The key of an earlier session "${name}" still exists. Choose another name.`)
    const [old] = await objects.list(checkpointFolder(sessionId))
    if (old !== undefined) throw refused(`There are checkpoints of an earlier session "${name}". Choose another name.`)
  }
  await refuseNumber(dependencies, sessionId, account.id)
  return { sessionId, tenant, isBegun }
}

/**
 * Stores a session that another program had, as a session of ours: the document with its key, then a claim, the state as records, a
 * checkpoint, and a release. Reads it back before a runner may open it. A run that was cut short is run again, and goes on; until then
 * no runner opens the session. A session that was exported from here may come back under its name: its log goes on.
 *
 * @throws HoldfastError `cannot-move`, and the errors of the stores
 */
export async function moveIn(dependencies: MoveInDependencies, arrival: Arrival): Promise<void> {
  const { documents, wrappingKey, clock } = dependencies
  const { account, image, start } = arrival
  const { sessionId, tenant, isBegun } = await findPlace(dependencies, arrival)
  if (!isBegun) {
    const fields = {
      ...newSession(arrival.tenant, arrival.name, 'offline'),
      ...stateFields('NEW', 'moving-in'),
      me: account,
      moved: arrivingAt(clock.now()),
    }
    await documents.commit([
      { kind: 'create', path: sessionPath(sessionId), fields },
      { kind: 'create', path: sessionKeyPath(sessionId), fields: { ...(await newSessionKeys(sessionId, wrappingKey)) } },
      ...guard(tenant, clock.now()),
    ])
  }
  const owner = await ownSession(dependencies, sessionId, isHandedOut)
  // From here on, only a run of this move to its end makes the session one that can be started.
  const arriving = { kind: 'merge' as const, path: sessionPath(sessionId), fields: { moved: arrivingAt(clock.now()) } }
  await owner.state.journal.whenDurable(owner.state.append({ writes: () => [arriving] }))
  const whole = withKept(image, owner.state.image)
  await store(owner, whole)
  await owner.backup()
  const differs = differenceOf(whole, await readBack(dependencies, sessionId))
  if (differs !== null)
    throw refused(`What the stores gave back is not what was moved (${differs}). No runner opens the session.`)
  const moved = { phase: 'arrived', at: SERVER_TIME }
  await owner.release('moved-in', { moved, me: account, wanted: start ? 'online' : 'offline' })
}

const arrivingAt = (nowMs: number) => ({ phase: 'arriving', at: new Date(nowMs) })

/** A session that comes back keeps what no other program has: what it received, what it may send, what it knows of contacts. */
function withKept(image: StateImage, stored: StateImage): StateImage {
  const replaced = new Set<string>([...IDENTITY_KINDS, ...MOVED_KINDS, 'meta'])
  const kept = Object.entries(valuesOf(stored)).filter(([kind, values]) => !replaced.has(kind) && Object.keys(values).length > 0)
  const whole = new StateImage()
  whole.apply(image.toMutation())
  whole.apply({ keys: Object.fromEntries(kept) })
  return whole
}

/** Stores the state in pieces, the credentials last: without them nothing can take the rest for a session. */
async function store({ state }: MovingOwner, image: StateImage): Promise<void> {
  for (const keys of piecesOf(image, state.image)) await state.journal.whenDurable(state.change({ keys }))
  if (image.creds !== null) await state.journal.whenDurable(state.change({ creds: image.creds }))
}

/** `stored` has what an earlier run stored, perhaps from another state of the source. */
function* piecesOf(image: StateImage, stored: StateImage): Generator<KeyChanges> {
  let [piece, bytes] = [{} as Record<string, Record<string, string | null>>, 0]
  const [wanted, old] = [valuesOf(image), valuesOf(stored)]
  for (const kind of Object.keys({ ...old, ...wanted })) {
    const gone = Object.keys(old[kind] ?? {}).map((id) => [id, null] as const)
    for (const [id, value] of new Map<string, string | null>([...gone, ...Object.entries(wanted[kind] ?? {})])) {
      ;(piece[kind] ??= {})[id] = value
      bytes += id.length + (value?.length ?? 0)
      if (bytes < CHANGE_BYTES) continue
      yield piece
      ;[piece, bytes] = [{}, 0]
    }
  }
  yield piece
}

/** Several devices of one phone may be linked, but one number twice in an installation is nearly always the same device twice. */
async function refuseNumber({ documents }: MoveInDependencies, sessionId: string, number: string): Promise<void> {
  const where = [['me.id', '==', number]] as const
  const sessions = await documents.query({ collection: SESSIONS, where, limit: 10, select: ['name', 'moved'] })
  const other = sessions.find(({ id, fields }) => id !== sessionId && phaseOf(fields['moved']) !== 'exported')
  if (other)
    throw refused(`The session "${String(other.fields['name'])}" has this number already. Use that one, or log it out first.`)
}

const phaseOf = (moved: unknown): unknown => (moved as { phase?: unknown } | null | undefined)?.phase

async function requireRoom(
  { documents, tenantDefaults }: MoveInDependencies,
  tenant: string,
  snapshot: DocumentSnapshot | null,
): Promise<void> {
  const document = snapshot && parseStored(tenantDocumentSchema, snapshot.fields, snapshot.path)
  if (!document && tenant !== DEFAULT_TENANT) throw refused(`There is no tenant "${tenant}".`)
  if (document?.state === 'deleting') throw refused(`The tenant "${tenant}" is being deleted.`)
  const limit = effectiveConfig(document, tenantDefaults).quotas.sessions
  if (limit === null) return
  const number = await documents.count({ collection: SESSIONS, where: [['tenant', '==', tenant]] })
  if (number >= limit) throw refused(`The tenant "${tenant}" may have ${limit} sessions, and has as many.`)
}

/** As with each creation: the tenant must not have begun to end meanwhile. */
const guard = (tenant: DocumentSnapshot | null, nowMs: number): Change[] =>
  tenant ? [{ kind: 'update', path: tenant.path, fields: { admittedAt: new Date(nowMs) }, unlessChangedSince: tenant }] : []

const refused = (message: string): HoldfastError => new HoldfastError('cannot-move', message)
