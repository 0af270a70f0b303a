import { expect, test } from 'vitest'
import { allResources } from './all-resources.ts'
import { all, files, resource, target, targetOf } from './fixtures/target.ts'
import { channels } from './monitoring.ts'
import { image } from './repository.ts'
import { type Answers, changeOf, presentOf, STAGES } from './resource.ts'

const change = (id: string, answers: Answers) => changeOf(resource(id), answers)
const paths = (id: string, answers: Answers) => change(id, answers)?.different.map(({ path }) => path)
const lines = (id: string, answers: Answers) => change(id, answers)?.commands.map(({ args }) => args.join(' ')) ?? []

test('every resource has a name of its own and a stage, in the order of the stages', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  const order = all.map(({ stage }) => STAGES.indexOf(stage))
  expect(order).not.toContain(-1)
  expect(new Set(all.map(({ stage }) => stage))).toEqual(new Set(STAGES))
})

test('whatever is missing is made by commands of this project, which ask nothing and force nothing', () => {
  for (const one of all.filter(({ unwanted }) => !unwanted)) {
    const missing = changeOf(one, [])
    expect([one.id, missing?.kind]).toEqual([one.id, one.id === 'services of Google' ? 'update' : 'create'])
    for (const { args } of missing?.commands ?? []) {
      expect(args).toContain('--project=demo-holdfast')
      expect(args.some((word) => word.startsWith('--force'))).toBe(false)
    }
  }
})

test('nothing in a project that exists is removed without a word on how', () => {
  const withData = all.filter(({ holdsData }) => holdsData).map(({ id }) => id)
  expect(withData).toEqual([
    'Firestore database',
    'bucket demo-holdfast-holdfast-sessions',
    'secret API_KEY',
    'secret SESSION_ENCRYPTION_KEY',
    'secret NOTIFICATION_SECRETS',
  ])
})

const KEY = 'projects/demo-holdfast/locations/us-central1/keyRings/holdfast/cryptoKeys/data'

const DATABASE = {
  name: 'projects/demo-holdfast/databases/(default)',
  type: 'FIRESTORE_NATIVE',
  locationId: 'us-central1',
  deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
  pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
  cmekConfig: { kmsKeyName: KEY },
  etag: 'x',
}

test('a database without protection is given it back', () => {
  expect(change('Firestore database', [DATABASE])).toBeNull()
  const bare = { ...DATABASE, deleteProtectionState: 'DELETE_PROTECTION_DISABLED' }
  expect(paths('Firestore database', [bare])).toEqual(['deleteProtectionState'])
  expect(lines('Firestore database', [bare])).toEqual([
    'firestore databases update --database=(default) --delete-protection --enable-pitr --project=demo-holdfast --quiet',
  ])
})

test('a database or a bucket in another region is refused, because Google never moves it', () => {
  expect(change('Firestore database', [{ ...DATABASE, locationId: 'nam5' }])).toMatchObject({ kind: 'refused', commands: [] })
  expect(change('bucket demo-holdfast-holdfast-sessions', [{ location: 'EU' }])).toMatchObject({ kind: 'refused' })
})

const BUCKET = {
  name: 'demo-holdfast-holdfast-sessions',
  location: 'US-CENTRAL1',
  iamConfiguration: { uniformBucketLevelAccess: { enabled: true, lockedTime: 'x' }, publicAccessPrevention: 'enforced' },
  versioning: { enabled: true },
  encryption: { defaultKmsKeyName: KEY },
  softDeletePolicy: { retentionDurationSeconds: '604800', effectiveTime: 'x' },
  lifecycle: {
    rule: [
      { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 1 } },
      { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 30 } },
    ],
  },
}

test('a bucket that another project has is refused, and never removed', () => {
  for (const id of ['bucket demo-holdfast-holdfast-sessions', 'bucket demo-holdfast-holdfast-builds']) {
    const answers = [{ location: 'us-central1', projectNumber: '666' }, { projectNumber: '123' }]
    expect(change(id, answers)).toMatchObject({ kind: 'refused', different: [{ path: 'isOfThisProject' }], commands: [] })
    expect(resource(id).remove?.(presentOf(resource(id), answers))).toEqual([])
    const own = presentOf(resource(id), [{ projectNumber: '123' }, { projectNumber: '123' }])
    expect(resource(id).remove?.(own)).toHaveLength(1)
  }
})

test('a bucket whose versions were switched off is mended', () => {
  const id = 'bucket demo-holdfast-holdfast-sessions'
  expect(change(id, [BUCKET])).toBeNull()
  expect(paths(id, [{ ...BUCKET, versioning: { enabled: false } }])).toEqual(['versioning.enabled'])
})

test('no rule of the bucket of checkpoints deletes by age', () => {
  const [, update] = change('bucket demo-holdfast-holdfast-sessions', [])?.commands ?? []
  const [file] = Object.values(update?.files ?? {}) as { rule: { action: { type: string }; condition: object }[] }[]
  const deleting = file?.rule.filter(({ action }) => action.type === 'Delete')
  expect(deleting).toEqual([{ action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 30 } }])
})

test('only the services that are not enabled yet are enabled', () => {
  const all = lines('services of Google', [{}])
    .join(' ')
    .split(' ')
    .filter((word) => word.endsWith('.googleapis.com'))
  const enabled = all.slice(1).map((name) => ({ name: `projects/1/services/${name}`, config: { name }, state: 'ENABLED' }))
  expect(lines('services of Google', [{ services: enabled }])).toEqual([
    `services enable ${all[0]} --project=demo-holdfast --quiet`,
  ])
})

test('a secret gets its first value once, and nothing ever replaces it', () => {
  const id = 'first version of SESSION_ENCRYPTION_KEY'
  expect(change(id, [{}])).toMatchObject({ kind: 'create', commands: [{ secret: 'base64 of 32 bytes' }] })
  expect(change(id, [{ versions: [{ name: 'versions/1', state: 'DISABLED' }] }])).toBeNull()
})

test('a role that was deleted is brought back before it is changed', () => {
  const present = { deleted: true, includedPermissions: ['storage.objects.get'] }
  expect(lines('role holdfastCheckpoints', [present]).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'iam roles undelete',
    'iam roles update',
  ])
})

const RULES = ['release', { source: { files: [{ name: 'firestore.rules', content: files.rules }] } }]

test('rules are deployed when the released ones are others', () => {
  const released = { rulesetName: 'projects/demo-holdfast/rulesets/r1' }
  const [, later] = resource('rules of Firestore').reads
  expect(typeof later === 'function' && later([released])).toEqual({
    url: 'https://firebaserules.googleapis.com/v1/projects/demo-holdfast/rulesets/r1',
  })
  expect(change('rules of Firestore', RULES)).toBeNull()
  expect(paths('rules of Firestore', ['release', { source: { files: [{ content: 'older' }] } }])).toEqual(['sha256'])
})

const GROUPS = 'projects/demo-holdfast/databases/(default)/collectionGroups'
const INDEXES = [
  {
    indexes: [
      {
        name: `${GROUPS}/jobs/indexes/1`,
        queryScope: 'COLLECTION',
        fields: [
          { fieldPath: 'status', order: 'ASCENDING' },
          { fieldPath: '__name__', order: 'ASCENDING' },
        ],
        state: 'READY',
      },
    ],
  },
  { fields: [{ name: `${GROUPS}/journal/fields/bytes`, indexConfig: { indexes: [] } }] },
]

test('indexes are compared without the name that Google adds, and indexes of somebody else are left alone', () => {
  expect(change('indexes of Firestore', INDEXES)).toBeNull()
  const [, fields] = INDEXES
  const other = { indexes: [{ name: `${GROUPS}/other/indexes/2`, queryScope: 'COLLECTION', fields: [] }] }
  expect(paths('indexes of Firestore', [other, fields])).toEqual(['jobs: status ASCENDING'])
})

test('a TTL that nobody wants is a difference', () => {
  const [composites] = INDEXES
  const fields = { fields: [{ name: `${GROUPS}/journal/fields/bytes`, indexConfig: {}, ttlConfig: { state: 'ACTIVE' } }] }
  expect(paths('indexes of Firestore', [composites, fields])).toEqual(['journal.bytes.ttl'])
})

const FUNCTION = (name: string, account: string) => ({
  name: `projects/demo-holdfast/locations/us-central1/functions/${name}`,
  state: 'ACTIVE',
  updateTime: '2026-11-29T12:00:00Z',
  labels: { 'firebase-functions-codebase': 'holdfast' },
  serviceConfig: {
    serviceAccountEmail: `holdfast-${account}@demo-holdfast.iam.gserviceaccount.com`,
    environmentVariables: {
      STORAGE_BUCKET: 'demo-holdfast-holdfast-sessions',
      SESSION_STORAGE_TYPE: 'hybrid',
      TIME_ZONE: 'America/Sao_Paulo',
      NODE_OPTIONS: '--enable-source-maps',
      HOLDFAST_RELEASE: 'f00d',
      FIREBASE_CONFIG: '{}',
    },
  },
})

const CALLABLE = (member: string) => ({ bindings: [{ role: 'roles/run.invoker', members: [member] }] })
const account = (name: string) => `serviceAccount:holdfast-${name}@demo-holdfast.iam.gserviceaccount.com`

/** Answers about deployed functions, with their queue and schedules. */
const ALL_FUNCTIONS = [
  FUNCTION('api', 'api'),
  FUNCTION('retries', 'tasks'),
  FUNCTION('alerts', 'alerts'),
  FUNCTION('webhooks', 'webhooks'),
  FUNCTION('sweep', 'sweeper'),
  FUNCTION('maintain', 'maintainer'),
  FUNCTION('cleanup', 'cleaner'),
]
const DEPLOYED: Answers = [
  { functions: ALL_FUNCTIONS },
  {
    queues: ['retries', 'alerts', 'webhooks'].map((name) => ({
      name: `projects/demo-holdfast/locations/us-central1/queues/${name}`,
    })),
  },
  { jobs: ['sweep', 'maintain', 'cleanup'].map((name) => ({ name: `jobs/firebase-schedule-${name}-us-central1` })) },
  CALLABLE('allUsers'),
  CALLABLE(account('sweeper')),
  CALLABLE(account('maintainer')),
  CALLABLE(account('cleaner')),
]

test('functions are deployed when their sources, a variable or an account have changed', () => {
  expect(change('functions', DEPLOYED)).toBeNull()
  const other = ALL_FUNCTIONS.with(4, FUNCTION('sweep', 'api'))
  expect(paths('functions', DEPLOYED.with(0, { functions: other }))).toEqual(['sweep.serviceConfig.serviceAccountEmail'])
  expect(change('functions', [{ functions: [{ ...FUNCTION('api', 'api'), labels: {} }] }])).toMatchObject({ kind: 'create' })
})

test.each([
  ['queue of retries', 1],
  ['schedule of sweep', 2],
  ['callers of api', 3],
  ['callers of maintain', 5],
])(
  'functions without the %s are deployed anew, with a variable that makes firebase-tools look at them again',
  (missing, index) => {
    const update = change('functions', DEPLOYED.with(index, {}))
    expect(update?.different.map(({ path }) => path)).toContain(missing)
    expect(Object.values(update?.commands[0]?.files ?? {})).toEqual([
      expect.stringContaining('HOLDFAST_AGAIN="2026-11-29T12:00:00Z"\n'),
    ])
  },
)

test('functions are deployed when there is a newer version of the key of the API, and nothing else makes them look again', () => {
  const [api, ...others] = ALL_FUNCTIONS
  const secretEnvironmentVariables = [{ key: 'API_KEY', version: 'projects/1/secrets/API_KEY/versions/1' }]
  const withKey = { ...api, serviceConfig: { ...api?.serviceConfig, secretEnvironmentVariables } }
  const versions = (...states: readonly string[]) => ({
    versions: states.map((state, index) => ({ name: `versions/${index + 1}`, state })),
  })
  const answers = (keys: object) => [...DEPLOYED.with(0, { functions: [withKey, ...others] }), keys, null]
  expect(change('functions', answers(versions('ENABLED', 'DISABLED')))).toBeNull()
  const update = change('functions', answers(versions('ENABLED', 'ENABLED')))
  expect(update?.different).toEqual([{ path: 'version of API_KEY in api', have: '1', want: '2' }])
  expect(JSON.stringify(update?.commands[0]?.files)).not.toContain('HOLDFAST_AGAIN')
})

test('the variables of functions reach firebase-tools in a file of the project', () => {
  expect(change('functions', [])?.commands[0]?.files).toEqual({
    'infra/build/variables/.env.demo-holdfast':
      'STORAGE_BUCKET="demo-holdfast-holdfast-sessions"\nSESSION_STORAGE_TYPE="hybrid"\nTIME_ZONE="America/Sao_Paulo"\nNODE_OPTIONS="--enable-source-maps"\nHOLDFAST_RELEASE="f00d"\n',
  })
})

const TAG = { name: 'tags/cafe', version: 'projects/p/locations/l/repositories/holdfast/packages/runner/versions/sha256:abc' }

test('the image of present sources is not built again', () => {
  expect(lines('image runner:cafe', [null])[0]).toContain(
    '--substitutions=_IMAGE=us-central1-docker.pkg.dev/demo-holdfast/holdfast/runner:cafe,_VERSION=1.2.3,_REVISION=c0ffee',
  )
  expect(change('image runner:cafe', [TAG])).toBeNull()
})

test.each(['docker', 'buildah'])('an image that is built here, by %s, is pushed under the same name', (builder) => {
  const built = changeOf(image(targetOf({}, { image: { builder } }), 'runner'), [null])
  expect(built?.commands.map(({ program, args }) => [program, ...args].join(' '))).toEqual([
    'gcloud auth configure-docker us-central1-docker.pkg.dev --project=demo-holdfast --quiet',
    `${builder} build --platform=linux/amd64 --build-arg=VERSION=1.2.3 --build-arg=REVISION=c0ffee --tag=us-central1-docker.pkg.dev/demo-holdfast/holdfast/runner:cafe infra/build/runner`,
    `${builder} push us-central1-docker.pkg.dev/demo-holdfast/holdfast/runner:cafe`,
  ])
  expect(changeOf(image(targetOf({}, { image: { builder } }), 'runner'), [TAG])).toBeNull()
})

const CHANNELS = {
  notificationChannels: [
    { name: 'channels/1', labels: { email_address: 'old@example.com' }, userLabels: { holdfast: 'operators' } },
    { name: 'channels/2', labels: { email_address: 'ops@example.com' }, userLabels: { holdfast: 'operators' } },
    { name: 'channels/3', labels: { email_address: 'ops@example.com' } },
  ],
}

test('an alert policy is found by its label, and tells the channels of the environment alone', () => {
  const [command] = change('alert policy no-heartbeat', [{}, CHANNELS])?.commands ?? []
  const [policy] = Object.values(command?.files ?? {}) as object[]
  expect(policy).toMatchObject({ notificationChannels: ['channels/2'], userLabels: { holdfast: 'no-heartbeat' } })
  expect(change('alert policy no-heartbeat', [{ alertPolicies: [{ name: 'policies/9', ...policy }] }, CHANNELS])).toBeNull()
  const silent = { name: 'policies/9', ...policy, notificationChannels: ['channels/1'] }
  expect(lines('alert policy no-heartbeat', [{ alertPolicies: [silent] }, CHANNELS])[0]).toContain('update policies/9')
})

test('a dashboard is changed with the etag that Google wants back', () => {
  const [command] = change('dashboard', [{ displayName: 'Old', etag: 'abc' }])?.commands ?? []
  expect(Object.values(command?.files ?? {})).toMatchObject([{ displayName: 'Holdfast', etag: 'abc' }])
})

test('a key comes with the first deployment or never: data that is there keeps its own', () => {
  const { cmekConfig: _, ...bare } = DATABASE
  const refused = change('Firestore database', [bare])
  expect(refused).toMatchObject({ kind: 'refused', commands: [], different: [{ path: 'cmekConfig' }] })
  expect(change('Firestore database', [{ ...DATABASE, cmekConfig: { kmsKeyName: 'another' } }])).toMatchObject({
    kind: 'refused',
  })
  const secret = { replication: { userManaged: { replicas: [{ location: 'us-central1' }] } } }
  expect(change('secret API_KEY', [secret])).toMatchObject({ kind: 'refused' })
  expect(lines('Firestore database', [])[0]).toContain(` --kms-key-name=${KEY} `)
})

test('a key that wraps the keys of sessions may come later, in the ring of the other, and is used by whoever opens sessions', () => {
  const idsOf = (more: object) => allResources(targetOf({}, more), files).map(({ id }) => id)
  const both = idsOf({ wrapping: { kmsKey: 'own' } })
  expect(both.filter((id) => id.startsWith('key '))).toEqual(['key ring holdfast', 'key data', 'key wrapping'])
  const named = 'projects/other/locations/us-central1/keyRings/r/cryptoKeys/k'
  expect(idsOf({ encryption: undefined, wrapping: { kmsKey: named } }).filter((id) => id.startsWith('key '))).toEqual([])
  const users = both.filter((id) => id.endsWith(' on key wrapping'))
  const accounts = ['runner', 'api', 'tasks', 'alerts', 'webhooks', 'sweeper', 'maintainer', 'cleaner']
  expect(users.toSorted()).toEqual(
    accounts.map((one) => `cloudkms.cryptoKeyEncrypterDecrypter for ${one} on key wrapping`).toSorted(),
  )
  const ofTenant = named.replace('/r/', '/acme/')
  const all = idsOf({ wrapping: { kmsKey: named, tenantKeys: [ofTenant] } }).filter((id) => id.includes(' on key '))
  expect(all.filter((id) => id.endsWith(' on key k'))).toHaveLength(accounts.length)
  expect(all.filter((id) => id.endsWith(` on key ${ofTenant}`))).toHaveLength(accounts.length)
  expect(targetOf({}, { wrapping: { kmsKey: named } }).variables).toMatchObject({ KMS_KEY: named })
  expect(target.variables).not.toHaveProperty('KMS_KEY')
})

test('the services and the right for traces come where traces go to Google, and for whom they come from', () => {
  const traced = (endpoint?: string) =>
    allResources(targetOf({}, { variables: endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } }), files)
  const rightsOf = (all: ReturnType<typeof traced>) => all.map(({ id }) => id).filter((id) => id.includes('tracesWriter'))
  const servicesOf = (all: ReturnType<typeof traced>) => JSON.stringify(all[0]?.want?.([]))
  const on = traced('https://telemetry.googleapis.com')
  expect(rightsOf(on)).toEqual(['runner', 'api', 'webhooks'].map((one) => `telemetry.tracesWriter for ${one} on the project`))
  expect(servicesOf(on)).toContain('"telemetry.googleapis.com":"ENABLED","cloudtrace.googleapis.com":"ENABLED"')
  for (const off of [traced(), traced('http://collector:4318')]) {
    expect(rightsOf(off)).toEqual([])
    expect(servicesOf(off)).not.toMatch(/telemetry|cloudtrace/)
  }
})

test("the accounts of Google's services may use the key, by the number of the project", () => {
  const id = 'use of the key by firestore'
  const project = { projectNumber: '42' }
  const member = 'serviceAccount:service-42@gcp-sa-firestore.iam.gserviceaccount.com'
  expect(lines(id, [{}, project])).toEqual([
    expect.stringContaining('services identity create --service=firestore.googleapis.com'),
    expect.stringContaining(`--member=${member} --role=roles/cloudkms.cryptoKeyEncrypterDecrypter`),
  ])
  const line = { role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', members: [member] }
  expect(change(id, [{ bindings: [line] }, project])).toBeNull()
  expect(change(id, [{ bindings: [line] }, { projectNumber: '43' }])).not.toBeNull()
})

test('the NAT has one address, and ports for all connections of a runner twice', () => {
  const nat = {
    name: 'holdfast',
    natIpAllocateOption: 'MANUAL_ONLY',
    natIps: ['https://www.googleapis.com/compute/v1/projects/demo-holdfast/regions/us-central1/addresses/holdfast'],
    minPortsPerVm: 164,
  }
  expect(change('way out by the fixed address', [{ nats: [nat] }])).toBeNull()
  expect(paths('way out by the fixed address', [{ nats: [{ ...nat, minPortsPerVm: 64 }] }])).toEqual(['minPortsPerVm'])
  expect(lines('way out by the fixed address', [{ nats: [] }])[0]).toContain('--nat-external-ip-pool=holdfast')
})

test('the log of who reads data leaves the rest of the policy as it was read', () => {
  const policy = { version: 3, etag: 'abc', bindings: [{ role: 'roles/owner', members: ['user:me@example.com'] }] }
  const other = { service: 'run.googleapis.com', auditLogConfigs: [{ logType: 'DATA_READ' }] }
  const [command] = change('log of who reads data', [{ ...policy, auditConfigs: [other] }])?.commands ?? []
  const [written] = Object.values(command?.files ?? {}) as { auditConfigs: object[] }[]
  expect(written).toMatchObject(policy)
  expect(written?.auditConfigs[0]).toEqual(other)
  expect(change('log of who reads data', [written])).toBeNull()
})

test('an address that the environment names twice has one channel', () => {
  const twice = channels(targetOf({}, { alerts: { emails: ['a@example.com', 'b@example.com', 'a@example.com'] } }))
  expect(twice.map(({ id }) => id)).toEqual(['channel a@example.com', 'channel b@example.com'])
})
