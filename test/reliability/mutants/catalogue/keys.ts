import type { Mutant } from '../mutant.ts'

const REWRAPPING_TEST = 'test/integration/api/rewrapping.test.ts'
const TENANT_KEYS_TEST = 'test/integration/keys/tenant-keys.test.ts'
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
    name: 'claim-without-the-key',
    invariant: 'beside',
    what: 'a runner takes a session whose data key it cannot unwrap now',
    edits: [{ in: 'cipherIfAny', when: 'isKeyTrouble(error)', becomes: 'true' }],
    noticedBy: { file: 'test/integration/engine/wrapping-key.test.ts', tests: 'takes no session' },
  },
  {
    name: 'data-keys-not-remembered',
    invariant: 'beside',
    what: 'a process asks Cloud KMS for a key that it has unwrapped before',
    edits: [{ in: 'RememberedKeys.unwrap.known', value: 'undefined as Promise<Buffer> | undefined' }],
    noticedBy: { file: 'test/integration/keys/kms-wrapping.test.ts', tests: 'goes on with the keys' },
  },
  {
    name: 'tenants-key-not-used',
    invariant: 'beside',
    what: "the key of the installation wraps where a tenant's own key should",
    edits: [{ in: 'TenantWrapping.#wrappingAt.tenant', value: 'null as string | null' }],
    noticedBy: { file: TENANT_KEYS_TEST, tests: 'wraps the data keys of its new sessions' },
  },
  {
    name: 'tenants-key-not-tried',
    invariant: 'beside',
    what: 'a tenant gets a key that cannot be used',
    edits: [{ in: 'requireUsableKey', value: '{}' }],
    noticedBy: { file: TENANT_KEYS_TEST, tests: 'is tried before it is taken' },
  },
  {
    name: 'tenants-key-holds-up-others',
    invariant: 'beside',
    what: 'a re-wrapping ends at the key of one tenant that cannot be used',
    edits: [{ in: 'rewrap-keys.ts:rewrap', when: 'isKeyRefused(error)', becomes: 'false' }],
    noticedBy: { file: TENANT_KEYS_TEST, tests: 'holds up nobody else' },
  },
  {
    name: 'silent-key-holds-up-others',
    invariant: 'beside',
    what: 'a re-wrapping ends at the key of one tenant that does not answer',
    edits: [{ in: 'rewrap-keys.ts:rewrap', when: "isHoldfastError(error, 'wrapping-key-unavailable')", becomes: 'false' }],
    noticedBy: { file: TENANT_KEYS_TEST, tests: 'does not answer' },
  },
  {
    name: 'names-in-the-clear',
    invariant: 'beside',
    what: 'the name of a sender lies readable in the document of its message',
    edits: [{ in: 'maskedName', value: '{ return name }' }],
    noticedBy: { file: 'runner/src/session/events/projector.test.ts', tests: 'seal the name of a sender' },
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
