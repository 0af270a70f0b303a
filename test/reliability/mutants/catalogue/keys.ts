import type { Mutant } from '../mutant.ts'

const REWRAPPING_TEST = 'test/integration/api/rewrapping.test.ts'
const WRAPPING_TEST = 'core/src/security/wrapping-keys.test.ts'

/** Mutants of the promises about wrapping keys. */
export const KEYS: readonly Mutant[] = [
  {
    name: 'older-wrapping-key-forgotten',
    invariant: 'beside',
    what: 'a process opens only what the current key wrapped',
    edits: [{ in: 'WrappingKeys.unwrap.key', value: 'wrappedBy === this.id ? this.#current : undefined' }],
    noticedBy: { file: WRAPPING_TEST, tests: 'open what the plain key wrapped' },
  },
  {
    name: 'keys-wrapped-over-a-change',
    invariant: 'beside',
    what: 'a document is written over what somebody has changed since it was read',
    edits: [
      {
        in: 'rewrap-keys.ts:rewrap',
        call: 'writeUnlessChanged',
        becomes: "documents.commit([{ kind: 'merge', path: snapshot.path, fields: { keys } }]).then(() => true)",
      },
    ],
    noticedBy: { file: REWRAPPING_TEST, tests: 'a document that somebody changes meanwhile' },
  },
  {
    name: 'older-wrapping-key-called-needless',
    invariant: 'beside',
    what: 'the older key may be dropped although documents name it',
    edits: [{ in: 'wrappingStatus.mayDropOthers', value: 'true' }],
    noticedBy: { file: REWRAPPING_TEST, tests: 'what is wrapped by an older key is counted' },
  },
]
