import type { Mutant } from '../mutant.ts'

const KEYS_TEST = 'test/integration/api/keys.test.ts'
const LIMITS_TEST = 'test/integration/api/limits.test.ts'
const TENANTS_TEST = 'test/integration/api/tenants.test.ts'
const CONFIG_TEST = 'test/integration/api/tenant-config.test.ts'

/** Mutants of the promises about tenants and keys. */
export const TENANTS: readonly Mutant[] = [
  {
    name: 'revoked-key-believed',
    invariant: 'beside',
    what: 'an instance that has seen a key never learns that it was revoked',
    edits: [{ in: 'RecentReads.get', when: 'known.at', becomes: 'true' }],
    noticedBy: { file: KEYS_TEST, tests: 'is refused by every instance within five seconds' },
  },
  {
    name: 'anybody-names-a-tenant',
    invariant: 'beside',
    what: 'an admin makes keys for another tenant',
    edits: [{ in: 'actingTenant', when: "principal.role !== 'operator'", becomes: 'false' }],
    noticedBy: { file: TENANTS_TEST, tests: 'something of another tenant' },
  },
  {
    name: 'keys-of-all-tenants',
    invariant: 'beside',
    what: 'an admin revokes the key of another tenant',
    edits: [{ in: 'mayRevoke', value: '() => true' }],
    noticedBy: { file: TENANTS_TEST, tests: 'something of another tenant' },
  },
  {
    name: 'quotas-by-admins',
    invariant: 'beside',
    what: 'an admin raises the quotas of its own tenant',
    edits: [{ in: 'changeTenant', when: "principal.role !== 'operator'", becomes: 'false' }],
    noticedBy: { file: CONFIG_TEST, tests: 'reads and changes its own tenant, but not its quotas' },
  },
  {
    name: 'limit-for-each-instance',
    invariant: 'beside',
    what: 'instances hand out the same part of a limit',
    edits: [
      {
        in: 'reservation',
        find: 'unlessChanged(path, snapshot, { v: 1, ...present })',
        replace: "{ kind: 'merge', path, fields: { v: 1, ...present } }",
      },
    ],
    noticedBy: { file: LIMITS_TEST, tests: 'is handed out once, by however many instances' },
  },
  {
    name: 'quota-without-a-guard',
    invariant: 'beside',
    what: 'requests at one time create more sessions than a tenant may have',
    edits: [{ in: 'Limits.#guard', value: '{ return [] }' }],
    noticedBy: { file: LIMITS_TEST, tests: 'sessions of a tenant is limited' },
  },
  {
    name: 'settings-kept',
    invariant: 'beside',
    what: 'a running session keeps the settings that its tenant had at its start',
    edits: [{ in: 'forTenant', value: '(policy: SendPolicy) => policy' }],
    noticedBy: {
      file: 'test/integration/engine/tenant-settings.test.ts',
      tests: 'follows the configuration of its tenant without a restart',
    },
  },
  {
    name: 'acts-not-written',
    invariant: 'beside',
    what: 'the audit log lacks what was done',
    edits: [{ in: 'withAudit', drop: 'write' }],
    noticedBy: { file: 'test/integration/api/audit.test.ts', tests: 'tells who did what' },
  },
  {
    name: 'keys-of-a-tenant-that-is-deleted',
    invariant: 'beside',
    what: 'the keys of a tenant still open it when its deletion was cut short',
    edits: [{ in: 'holderOf', when: "(await tenants.of(key.tenant)).state === 'deleting'", becomes: 'false' }],
    noticedBy: { file: 'test/integration/api/keys.test.ts', tests: 'whose deletion was cut short' },
  },
]
