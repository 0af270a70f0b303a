import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { StateImage } from '@holdfast/core/journal/state-image'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { isHandedOut, sessionPath } from '@holdfast/core/session/session-document'
import { type Arrival, moveIn, type MoveInDependencies } from '../../../runner/src/moving/move-in.ts'
import { readBack, sessionOf } from '../../../runner/src/moving/new-owner.ts'
import { differenceOf } from '../../../runner/src/moving/state-difference.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { openStores, type Stores } from '../../support/engine/stores.ts'

let stores: Stores
const wrappingKey = new WrappingKey(randomBytes(32))

beforeAll(async () => {
  stores = await openStores()
})

afterAll(() => stores[Symbol.asyncDispose]())

/** A state of several records. */
function largeState(): StateImage {
  const image = new StateImage()
  const session = Object.fromEntries(
    Array.from({ length: 6 }, (_, index) => [`${index}.0`, randomBytes(100_000).toString('hex')]),
  )
  image.apply({ creds: 'the credentials', keys: { session, meta: { everLoggedIn: '1' } } })
  return image
}

const arrivalOf = (image: StateImage): Arrival => {
  const id = systemRandom.bytes(5).toString('hex')
  return {
    tenant: 'default',
    name: `m${id}`,
    account: { id: `${Number.parseInt(id, 16)}@s.whatsapp.net`, lid: null },
    image,
    start: true,
  }
}

function dependenciesOn(clients: GoogleClients, documents: DocumentStore): MoveInDependencies {
  return {
    documents: {
      commit: (changes) => documents.commit(changes),
      read: (path) => documents.read(path),
      query: (query) => documents.query(query),
      listen: (...listener) => documents.listen(...listener),
      count: (query) => clients.documents.count(query),
    },
    journals: new DocumentJournals(documents),
    objects: clients.objects,
    clock: systemClock,
    random: systemRandom,
    logger: createLogger('test', 'silent'),
    wrappingKey,
    tenantDefaults: DEFAULT_TENANT_SETTINGS,
  }
}

/** Lets the command die before one of its commits: from there on, nothing it asks for is answered. Returns whether it came so far. */
async function dieBefore(arrival: Arrival, commit: number): Promise<boolean> {
  const documents = new FaultyDocuments(stores.clients.documents)
  const { promise: died, resolve: die } = Promise.withResolvers<true>()
  let commits = 0
  documents.faults(() => {
    if (++commits < commit) return null
    die(true)
    return 'hang'
  })
  return Promise.race([died, moveIn(dependenciesOn(stores.clients, documents), arrival).then(() => false)])
}

describe('a move that is cut short', () => {
  test('at any commit lets no runner open the session, and is finished by the next run', async () => {
    const documents = stores.clients.documents
    let points = 0
    for (let commit = 1, diedThere = true; diedThere; commit++) {
      const image = largeState()
      const arrival = arrivalOf(image)
      diedThere = await dieBefore(arrival, commit)
      const sessionId = `default.${arrival.name}`
      const found = await documents.read(sessionPath(sessionId))
      const left = found && (await sessionOf(documents, sessionId))
      if (!diedThere) {
        expect(left).toMatchObject({ wanted: 'online', moved: { phase: 'arrived' } })
        continue
      }
      points++
      if (left) expect(left.wanted === 'offline' && isHandedOut(left)).toBe(true)
      // A later copy of the source: an entry is gone, another has changed.
      const later = new StateImage()
      later.apply(image.toMutation())
      later.apply({ keys: { session: { '3.0': null, '4.0': 'changed' } } })
      const dependencies = dependenciesOn(stores.clients, documents)
      await moveIn(dependencies, { ...arrival, image: later })
      expect(differenceOf(later, await readBack(dependencies, sessionId))).toBeNull()
      const after = await sessionOf(documents, sessionId)
      expect(after).toMatchObject({ wanted: 'online', state: 'STOPPED', reason: 'moved-in', runnerId: null, me: arrival.account })
      expect(after.epoch).toBeGreaterThan(left?.epoch ?? 0)
    }
    expect(points).toBeGreaterThan(7)
  }, 120_000)
})

describe('a move is refused', () => {
  const dependencies = () => dependenciesOn(stores.clients, stores.clients.documents)

  test('when there is a session of this name, or of this number under another name', async () => {
    const arrival = arrivalOf(largeState())
    await moveIn(dependencies(), arrival)
    await expect(moveIn(dependencies(), arrival)).rejects.toThrow('already. Choose another name')
    await expect(moveIn(dependencies(), { ...arrival, name: 'another' })).rejects.toThrow('has this number already')
  })

  test('into a tenant that does not exist, or is full', async () => {
    const arrival = { ...arrivalOf(largeState()), tenant: 'acme' }
    await expect(moveIn(dependencies(), arrival)).rejects.toThrow('There is no tenant "acme"')
    const config = { quotas: { sessions: 0 } }
    const fields = { v: 1, state: 'active', name: 'Acme', createdAt: new Date(), config }
    await stores.clients.documents.commit([{ kind: 'create', path: 'tenants/acme', fields }])
    await expect(moveIn(dependencies(), arrival)).rejects.toThrow('may have 0 sessions')
  })
})
