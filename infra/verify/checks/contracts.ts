import { runSuite } from '../contract-suite.ts'
import type { LiveCheck } from '../live-check.ts'

/** The suites that the stand-ins pass every day, against Google. */
export const contracts: readonly LiveCheck[] = [
  {
    name: 'firestore: contract',
    proves:
      'one of many creates a document; a change of an older version fails; times are the server’s; a listener tells in order; groups of 700 KiB are all or nothing',
    seconds: 90,
    usd: 0.01,
    needs: ['database'],
    hasClients: true,
    run: ({ target, scratch, signal }) =>
      runSuite(
        {
          files: ['test/integration/contract/documents.test.ts', 'test/integration/contract/journal-store.test.ts'],
          // The suite of journals holds for each back end. A name outside of `describe` has no back end in it.
          named: '^(?!.*journals in (directory|memory))',
          environment: { HOLDFAST_CONTRACT_FIRESTORE: `projects/${target.project}/databases/${scratch.database}` },
        },
        signal,
      ),
  },
  {
    name: 'storage: contract',
    proves: 'an object is created once, a stale generation is refused, versions stay readable, checksums are compared',
    seconds: 60,
    usd: 0.01,
    needs: ['bucket'],
    hasClients: true,
    run: ({ scratch, signal }) =>
      runSuite(
        {
          files: ['sandbox/google/storage/storage.contract.test.ts', 'test/integration/contract/object-store.test.ts'],
          named: '^(?!.*objects in (a directory|memory))',
          environment: { HOLDFAST_CONTRACT_BUCKET: scratch.bucket },
        },
        signal,
      ),
  },
  {
    name: 'tasks: contract',
    proves: 'a task has its name once, also after its end; its time is at most 30 days ahead; queues keep their limits',
    seconds: 60,
    usd: 0,
    needs: ['queue'],
    hasClients: true,
    run: ({ target, scratch, signal }) =>
      runSuite(
        {
          files: ['sandbox/google/tasks/tasks.contract.test.ts'],
          environment: {
            HOLDFAST_CONTRACT_TASKS: `projects/${target.project}/locations/${target.region}`,
            HOLDFAST_CONTRACT_QUEUE: scratch.queue,
          },
        },
        signal,
      ),
  },
]
