import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { sessionPath } from '@holdfast/core/session/session-document'
import { sequenceId } from '@holdfast/core/session/ids'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { claimSession } from '../../../runner/src/session/claim.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

/** Claims a damaged session, as a runner does when the loss was approved. */
function claimWithLosses(session: SessionUnderTest) {
  const { documents, journals, sessionId, wrappingKey } = session
  const parts = { documents, journals, clock: systemClock, random: systemRandom, sessionId, wrappingKey }
  return claimSession({ ...parts, runnerId: 'next', mayClaim: () => true, acceptsDamage: () => Promise.resolve(true) })
}

describe('a used number', () => {
  test("is not used again when its record is lost, as far as the session's document knows it", async () => {
    const session = await new SessionUnderTest(firestore.clients.documents).create()
    const owner = session.journal(await session.claim('first'), 'first')
    for (const id of ['a', 'b', 'c']) await owner.whenDurable(owner.append({ mutation: { keys: { session: { [id]: id } } } }))
    const { sequence, epoch } = owner.head
    owner.close()
    const lost = [sequence - 1, sequence].map((seq) => `${journalPath(session.sessionId)}/${sequenceId(seq)}`)
    await session.documents.commit([
      { kind: 'merge', path: sessionPath(session.sessionId), fields: { journalHead: sequence } },
      ...lost.map((path) => ({ kind: 'delete', path }) as const),
    ])
    const claim = await claimWithLosses(session)
    expect(claim?.head).toMatchObject({ sequence: sequence + 1, epoch: epoch + 1 })
  })

  test("is not used again when the session's document has lost it, as far as the log knows it", async () => {
    const session = await new SessionUnderTest(firestore.clients.documents).create()
    await session.claim('first')
    const { sequence, epoch } = (await session.claim('second')).head
    await session.documents.commit([
      { kind: 'merge', path: sessionPath(session.sessionId), fields: { epoch: 0, journalHead: 0, runnerId: null } },
    ])
    const claim = await claimWithLosses(session)
    expect(claim?.head).toMatchObject({ sequence: sequence + 1, epoch: epoch + 1 })
  })
})
