import { gcloud } from './command.ts'
import type { Policy } from './binding.ts'
import { lastOf, listAt, textAt, textsAt } from './fields.ts'
import type { Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

const RING = 'holdfast'
const KEY = 'data'
const WRAPPING_KEY = 'wrapping'
const ROLE = 'roles/cloudkms.cryptoKeyEncrypterDecrypter'

/** The services that encrypt with the key, and the accounts of Google in whose name they do. */
const AGENTS: Readonly<Record<string, string>> = {
  artifactregistry: 'gcp-sa-artifactregistry',
  firestore: 'gcp-sa-firestore',
  secretmanager: 'gcp-sa-secretmanager',
  storage: 'gs-project-accounts',
}

/** The full name of the key of the environment, undefined for Google's own keys. */
export function kmsKeyOf({ environment, project, region }: Target): string | undefined {
  const named = environment.encryption?.kmsKey
  return named === 'own' ? `projects/${project}/locations/${region}/keyRings/${RING}/cryptoKeys/${KEY}` : named
}

/** The keys, and who may use the one of all data. Nothing here is ever removed: without its key all data is lost. */
export function encryption(target: Target): readonly Resource[] {
  const { encryption: data, wrapping } = target.environment
  const key = kmsKeyOf(target)
  const own = [...(data?.kmsKey === 'own' ? [KEY] : []), ...(wrapping?.kmsKey === 'own' ? [WRAPPING_KEY] : [])]
  return [
    ...(own.length === 0 ? [] : [ring(target)]),
    ...own.map((name) => keyItself(target, name)),
    ...(key === undefined ? [] : Object.keys(AGENTS).map((service) => agent(target, key, service))),
  ]
}

/** Who may use a key that wraps the data keys of sessions. Keys of tenants may have the same short name. */
export const wrappingPolicy = ({ project, wrappingKey }: Target, key: string): Policy => ({
  on: `key ${key === wrappingKey ? lastOf(key) : key}`,
  read: { url: `${urlOf(key)}:getIamPolicy` },
  command: ['kms', 'keys', 'add-iam-policy-binding', key, `--project=${project}`],
  permission: 'cloudkms.cryptoKeys.setIamPolicy',
})

/** The role of those that wrap and unwrap data keys. It shows no key and changes none. */
export const WRAPPING_ROLE = ROLE

/** The key that wraps the data keys of sessions, with its primary version. */
export const wrappingKeyRead = (key: string): Read => ({ url: urlOf(key) })

/** The versions of the key that wraps the data keys of sessions. */
export const wrappingVersionsRead = (key: string): Read => ({ url: `${urlOf(key)}/cryptoKeyVersions?pageSize=100` })

const urlOf = (name: string): string => `https://cloudkms.googleapis.com/v1/${name}`

function ring({ project, region }: Target): Resource {
  return {
    id: `key ring ${RING}`,
    stage: 'keys',
    lane: 'key',
    reads: [{ url: urlOf(`projects/${project}/locations/${region}/keyRings/${RING}`) }],
    permissions: ['cloudkms.keyRings.create'],
    create: () => [gcloud(project, ['kms', 'keyrings', 'create', RING, `--location=${region}`])],
  }
}

/** Older versions stay enabled, because data is not encrypted anew; data keys of sessions are wrapped anew by night, and copies of them are not. */
function keyItself({ project, region }: Target, name: string): Resource {
  const rotation = ['--rotation-period=90d', '--next-rotation-time=+p90d']
  const place = [`--location=${region}`, `--keyring=${RING}`]
  return {
    id: `key ${name}`,
    stage: 'keys',
    lane: 'key',
    reads: [{ url: urlOf(`projects/${project}/locations/${region}/keyRings/${RING}/cryptoKeys/${name}`) }],
    want: () => ({ purpose: 'ENCRYPT_DECRYPT', rotationPeriod: '7776000s' }),
    fixed: ['purpose'],
    permissions: ['cloudkms.cryptoKeys.create', 'cloudkms.cryptoKeys.update'],
    create: () => [gcloud(project, ['kms', 'keys', 'create', name, ...place, '--purpose=encryption', ...rotation])],
    update: () => [gcloud(project, ['kms', 'keys', 'update', name, ...place, ...rotation])],
  }
}

/** The account of a service of Google comes into being with the first command, and may use the key after the second. */
function agent(target: Target, key: string, service: string): Resource {
  const { project } = target
  const memberIn = (answer: unknown) =>
    `serviceAccount:service-${textAt(answer, 'projectNumber') ?? ''}@${AGENTS[service]}.iam.gserviceaccount.com`
  const identity =
    service === 'storage'
      ? gcloud(project, ['storage', 'service-agent'])
      : gcloud(project, ['services', 'identity', 'create', `--service=${service}.googleapis.com`], { track: 'beta' })
  return {
    id: `use of the key by ${service}`,
    stage: 'keys',
    lane: 'key',
    reads: [{ url: `${urlOf(key)}:getIamPolicy` }, projectRead(target)],
    have: ([policy, answer]) =>
      listAt(policy, 'bindings').find((line) => line['role'] === ROLE && textsAt(line, 'members').includes(memberIn(answer))),
    permissions: ['cloudkms.cryptoKeys.setIamPolicy'],
    create: ([, answer]) => [
      identity,
      gcloud(project, ['kms', 'keys', 'add-iam-policy-binding', key, `--member=${memberIn(answer)}`, `--role=${ROLE}`]),
    ],
  }
}

export const projectRead = ({ project }: Target): Read => ({
  url: `https://cloudresourcemanager.googleapis.com/v1/projects/${project}`,
})
