import { apiServiceRead } from './api-service.ts'
import type { Platform } from '../environment/environment.ts'
import { type Command, gcloud } from './command.ts'
import { RUNNER } from './deployed-functions.ts'
import { at } from './fields.ts'
import { formerNetwork, networkAnnotations } from './network.ts'
import {
  FOLLOW_NEWEST,
  instancesIn,
  REVISION_BEFORE,
  revisionBeforeChange,
  splitsBeforeChange,
  TAKEN_BACK,
} from './pool-splits.ts'
import { imageRead } from './repository.ts'
import type { Read, Resource } from './resource.ts'
import { PORTS, runnerSpec } from './runner-container.ts'
import type { Target } from './target.ts'

const NAME = 'holdfast-runner'
const COUNT = 'run.googleapis.com/manualInstanceCount'

/** How each platform is called, and what its files have besides the container. */
const PLATFORMS = {
  'worker-pool': { apiVersion: 'run.googleapis.com/v1', kind: 'WorkerPool', group: 'worker-pools', splits: 'instanceSplits' },
  service: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', group: 'services', splits: 'traffic' },
} as const

const OTHER: Readonly<Record<Platform, Platform>> = { 'worker-pool': 'service', service: 'worker-pool' }

const idOf = (platform: Platform): string => `${platform === 'service' ? 'service' : 'worker pool'} ${NAME}`

/** The read of the runners of a platform: those of the environment if left out. */
export function runnerRead({ project, region, environment }: Target, platform = environment.runner.platform): Read {
  const { apiVersion, kind } = PLATFORMS[platform]
  return {
    url: `https://${region}-run.googleapis.com/apis/${apiVersion}/namespaces/${project}/${kind.toLowerCase()}s/${NAME}`,
  }
}

export const poolRead = (target: Target): Read => runnerRead(target, 'worker-pool')

/**
 * The runners, as a worker pool or as a service, and what there may be of the other one. Cloud Run makes a revision of each new template,
 * and all sessions move to it. The number of instances and the split of revisions are not compared: others change them while it runs.
 */
export function runnerPlatform(target: Target): readonly Resource[] {
  const { runner } = target.environment
  const { platform } = runner
  const other = OTHER[platform]
  return [
    {
      id: idOf(platform),
      stage: 'runner',
      warning: `a new revision: every session moves once${platform === 'worker-pool' ? ', in steps in a large fleet' : ''}`,
      reads: [runnerRead(target), imageRead(target, 'runner'), runnerRead(target, other), apiServiceRead(target)],
      want: ([runners, image, , service]) => ({
        metadata: { annotations: closednessOf(platform) },
        spec: { template: withoutFormerNetwork(target, templateOf(target, image, service), at(runners, 'spec', 'template')) },
      }),
      permissions: [...permissionsOf(platform), 'iam.serviceAccounts.actAs'],
      // Whoever changes the platform wants as many runners as there are.
      create: ([, image, former, service]) => {
        const count = countOf(former) ?? runner.instances
        return [replace(target, platform, { count, split: FOLLOW_NEWEST, template: templateOf(target, image, service) })]
      },
      update: (have, [, image, , service]) => {
        const count = countOf(have) ?? runner.instances
        const wanted = { count, split: splitOf(platform, have), template: templateOf(target, image, service) }
        return [
          replace(target, platform, { ...wanted, ...(platform === 'worker-pool' ? { before: revisionBeforeChange(have) } : {}) }),
        ]
      },
      remove: () => [remove(target, platform)],
    },
    {
      id: idOf(other),
      // The new runners are ready by then. These hand their sessions over to them.
      stage: 'former runner',
      unwanted: true,
      warning: `the runners are a ${platform} now: every session moves to it once`,
      reads: [runnerRead(target, other)],
      permissions: [],
      create: () => [],
      remove: () => [remove(target, other)],
    },
  ]
}

const permissionsOf = (platform: Platform): readonly string[] =>
  platform === 'service' ? ['run.services.create', 'run.services.update'] : ['run.workerpools.create', 'run.workerpools.update']

/** A large pool stays at its revision until `roll` moves it in steps. A service moves at once, unless somebody has divided it. */
const splitOf = (platform: Platform, have: unknown): unknown =>
  platform === 'worker-pool' ? splitsBeforeChange(have) : (at(have, 'spec', 'traffic') ?? FOLLOW_NEWEST)

const countOf = (present: unknown): unknown => at(present, 'metadata', 'annotations', COUNT)

/** Nobody calls a runner. Probes come from Cloud Run itself. */
const closednessOf = (platform: Platform): Readonly<Record<string, string>> =>
  platform === 'service' ? { 'run.googleapis.com/ingress': 'internal' } : {}

function templateOf(target: Target, image: unknown, service: unknown) {
  const spec = runnerSpec(target, image, service)
  const network = networkAnnotations(target, RUNNER)
  if (target.environment.runner.platform === 'worker-pool') {
    return Object.keys(network).length === 0 ? { spec } : { metadata: { annotations: network }, spec }
  }
  return {
    // A session has to be held between requests, of which there are none.
    metadata: {
      annotations: {
        'run.googleapis.com/cpu-throttling': 'false',
        'run.googleapis.com/startup-cpu-boost': 'true',
        ...network,
      },
    },
    spec: { ...spec, containers: spec.containers.map((container) => ({ ...container, ...PORTS })) },
  }
}

/** Runners that went by the fixed address do so until they get another template. */
function withoutFormerNetwork<Template extends object>(target: Target, template: Template, present: unknown): Template {
  const former = formerNetwork(present, networkAnnotations(target, RUNNER))
  if (Object.keys(former).length === 0) return template
  const { metadata } = template as { metadata?: { annotations?: object } }
  return { ...template, metadata: { annotations: { ...metadata?.annotations, ...former } } }
}

interface Division {
  readonly splits: readonly object[]
  /** The revision before the newest, if it is known. */
  readonly before: string | null
  /** The newest revision, if the roll-out to it is taken back. */
  readonly takenBack?: string | undefined
}

/**
 * Divides the instances of a present worker pool anew, and keeps the name of the revision before the newest. Its template and the number of
 * its instances stay.
 */
export const splitCommand = (target: Target, pool: unknown, { splits, before, takenBack }: Division): Command =>
  replace(target, 'worker-pool', {
    count: instancesIn(pool),
    split: splits,
    template: at(pool, 'spec', 'template'),
    before: before ?? undefined,
    takenBack,
  })

interface Wanted {
  readonly count: unknown
  readonly split: unknown
  readonly template: unknown
  /** The revision before the newest, if it is known. */
  readonly before?: string | undefined
  readonly takenBack?: string | undefined
}

function replace(target: Target, platform: Platform, { count, split, template, before, takenBack }: Wanted): Command {
  const { apiVersion, kind, group, splits } = PLATFORMS[platform]
  const file = target.file(`${platform}.json`)
  const runners = {
    apiVersion,
    kind,
    metadata: {
      name: NAME,
      labels: { 'cloud.googleapis.com/location': target.region, app: 'holdfast' },
      annotations: {
        'run.googleapis.com/scalingMode': 'manual',
        [COUNT]: String(count),
        ...closednessOf(platform),
        ...(before === undefined ? {} : { [REVISION_BEFORE]: before }),
        ...(takenBack === undefined ? {} : { [TAKEN_BACK]: takenBack }),
      },
    },
    spec: { template, [splits]: split },
  }
  // gcloud writes the name and the version of its client into the template. Another SDK would make another revision.
  const words = ['run', group, 'replace', file, '--client-name=holdfast', '--client-version=1']
  return gcloud(target.project, words, { ...trackOf(platform), files: { [file]: runners } })
}

const remove = ({ project, region }: Target, platform: Platform): Command =>
  gcloud(project, ['run', PLATFORMS[platform].group, 'delete', NAME, `--region=${region}`], trackOf(platform))

const trackOf = (platform: Platform) => (platform === 'worker-pool' ? ({ track: 'beta' } as const) : {})
