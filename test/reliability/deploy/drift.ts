import { type Fields, PROJECT, REGION, type World } from '../../support/google-recorder/world.ts'

/** Something that a person changed by hand, and the resource that has to notice. */
interface Drift {
  readonly resource: string
  readonly key: string
  readonly change: (thing: Fields) => Fields | null
}

const project = `projects/${PROJECT}`
const bucket = `${PROJECT}-holdfast-sessions`

const without = (thing: Fields, ...path: readonly string[]): Fields => {
  const copy = structuredClone(thing)
  const last = path.at(-1) ?? ''
  const parent = path.slice(0, -1).reduce<Fields>((into, name) => into[name] as Fields, copy)
  delete parent[last]
  return copy
}

const DRIFTS: readonly Drift[] = [
  {
    resource: 'Firestore database',
    key: `firestore.googleapis.com/v1/${project}/databases/(default)`,
    change: (thing) => ({ ...thing, deleteProtectionState: 'DELETE_PROTECTION_DISABLED' }),
  },
  {
    resource: `bucket ${bucket}`,
    key: `storage.googleapis.com/b/${bucket}`,
    change: (thing) => ({ ...thing, versioning: { enabled: false } }),
  },
  {
    resource: 'service account runner',
    key: `iam.googleapis.com/v1/${project}/serviceAccounts/holdfast-runner@${PROJECT}.iam.gserviceaccount.com`,
    change: (thing) => ({ ...thing, displayName: 'What is this?' }),
  },
  {
    resource: `holdfastCheckpoints for api on bucket ${bucket}`,
    key: `storage.googleapis.com/b/${bucket}#policy`,
    change: (thing) => {
      const bindings = (thing['bindings'] as { members: string[] }[]).map((line) => ({
        ...line,
        members: line.members.filter((member) => !member.includes('holdfast-api@')),
      }))
      return { ...thing, bindings }
    },
  },
  {
    resource: 'functions',
    key: `cloudfunctions.googleapis.com/v2/${project}/locations/${REGION}/functions/api`,
    change: (thing) => ({
      ...without(thing, 'serviceConfig', 'environmentVariables', 'TIME_ZONE'),
      labels: { 'firebase-functions-codebase': 'holdfast', 'firebase-functions-hash': 'by-hand' },
    }),
  },
  {
    resource: 'ingress of function api',
    key: 'run:services/api',
    change: (thing) => ({ ...thing, metadata: { ...(thing['metadata'] as Fields), annotations: {} } }),
  },
  {
    resource: 'backend of the load balancer',
    key: `compute.googleapis.com/compute/v1/${project}/global/backendServices/holdfast-api`,
    change: (thing) => without(thing, 'backends'),
  },
  {
    resource: 'proxy of the load balancer',
    key: `compute.googleapis.com/compute/v1/${project}/global/targetHttpsProxies/holdfast-api`,
    change: (thing) => without(thing, 'sslPolicy'),
  },
  {
    resource: 'worker pool holdfast-runner',
    key: 'run:workerpools/holdfast-runner',
    change: (thing) => without(thing, 'spec', 'template', 'spec', 'serviceAccountName'),
  },
  {
    resource: 'metric holdfast_fences',
    key: `logging.googleapis.com/v2/${project}/metrics/holdfast_fences`,
    change: () => null,
  },
  {
    resource: 'dashboard',
    key: `monitoring.googleapis.com/v1/${project}/dashboards/holdfast`,
    change: (thing) => ({ ...thing, displayName: 'Mine', etag: 'another' }),
  },
]

/** Changes things by hand. Returns the resources that differ from then on, sorted. */
export function driftByHand(world: World): readonly string[] {
  for (const { resource, key, change } of DRIFTS) {
    const thing = world.things.get(key)
    if (!thing) throw new Error(`Nothing is there to change for ${resource}.`)
    const changed = change(thing)
    if (changed === null) world.things.delete(key)
    else world.things.set(key, changed)
  }
  return DRIFTS.map(({ resource }) => resource).toSorted()
}
