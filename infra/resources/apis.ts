import type { Environment } from '../environment/environment.ts'
import { tracesToGoogle } from '../environment/variables.ts'
import { type Command, gcloud } from './command.ts'
import { at, lastOf, listAt, textAt } from './fields.ts'
import type { Resource } from './resource.ts'
import type { Target } from './target.ts'

/** The services of Google that something here uses. firebase-tools enables the last four itself if nobody else has. */
const APIS = [
  'artifactregistry',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'cloudscheduler',
  'cloudtasks',
  'firebase',
  'firebaserules',
  'firestore',
  'iam',
  'logging',
  'monitoring',
  'run',
  'secretmanager',
  'storage',
  'cloudbilling',
  'eventarc',
  'firebaseextensions',
  'pubsub',
].map((name) => `${name}.googleapis.com`)

/** Google enables this many with one call. */
const AT_A_TIME = 20

const enable = (project: string, names: readonly string[]): readonly Command[] =>
  Array.from({ length: Math.ceil(names.length / AT_A_TIME) }, (_, part) =>
    gcloud(project, ['services', 'enable', ...names.slice(part * AT_A_TIME, (part + 1) * AT_A_TIME)]),
  )

const optional = ({ api, budget, egress, encryption, wrapping, variables }: Environment): readonly string[] => [
  ...(tracesToGoogle(variables) ? ['telemetry.googleapis.com', 'cloudtrace.googleapis.com'] : []),
  ...(budget ? ['billingbudgets.googleapis.com'] : []),
  ...(egress.fixedAddress || api.domain !== undefined ? ['compute.googleapis.com'] : []),
  ...(api.iap ? ['iap.googleapis.com'] : []),
  ...(encryption || wrapping ? ['cloudkms.googleapis.com'] : []),
]

export function apis({ project, environment }: Target): readonly Resource[] {
  const wanted = Object.fromEntries([...APIS, ...optional(environment)].map((name) => [name, 'ENABLED']))
  return [
    {
      id: 'services of Google',
      stage: 'apis',
      reads: [{ url: `https://serviceusage.googleapis.com/v1/projects/${project}/services?filter=state:ENABLED&pageSize=200` }],
      have: ([answer]) =>
        Object.fromEntries(
          listAt(answer, 'services').map((service) => [
            textAt(service, 'config', 'name') ?? lastOf(textAt(service, 'name') ?? ''),
            at(service, 'state'),
          ]),
        ),
      want: () => wanted,
      permissions: ['serviceusage.services.enable'],
      create: () => enable(project, Object.keys(wanted)),
      update: (_have, _answers, different) =>
        enable(
          project,
          different.map(({ path }) => path),
        ),
    },
  ]
}
