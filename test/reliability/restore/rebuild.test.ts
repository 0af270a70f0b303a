import { randomBytes } from 'node:crypto'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { expect, test } from 'vitest'
import { rebuildSession } from '../../../runner/src/moving/rebuild.ts'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { DrilledSession } from './session.ts'
import { Stores } from './stores.ts'

test('a rebuild from an older checkpoint names the newer one that does not open', async () => {
  const [stores, wrappingKey] = [new Stores(), new WrappingKey(randomBytes(32))]
  const session = new DrilledSession({ stores, wrappingKey, random: new SeededRandom(1), name: 'main' })
  await session.create()
  for (let owner = 1; owner <= 2; owner++) await session.live(8, 'leaves')
  const journal = stores.paths.filter((path) => path.startsWith(`${session.journal}/`))
  await stores.commit(journal.map((path) => ({ kind: 'delete', path })))
  const [older, newest] = stores.names.filter((name) => name.startsWith(session.folder)).slice(-2)
  await session.replace(newest ?? '', Buffer.from('x'), { inPlace: false })
  const given = { documents: stores, objects: stores.objects, journals: new DocumentJournals(stores), wrappingKey }
  const rest = { clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent') }
  const rebuilt = await rebuildSession({ ...given, ...rest }, session.sessionId, { isFirestoreOlder: true })
  expect(rebuilt).toMatchObject({
    from: older,
    skipped: [{ object: newest, why: expect.stringContaining(`${newest} has no header`) }],
  })
})
