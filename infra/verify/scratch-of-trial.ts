import { projectPolicy } from '../resources/access.ts'
import { gcloud } from '../resources/command.ts'
import { listAt, textsAt } from '../resources/fields.ts'
import { imageBuild } from '../resources/repository.ts'
import type { Target } from '../resources/target.ts'
import { buildUnit } from '../units/build-unit.ts'
import { BUILT, TRIAL } from '../units/repository.ts'
import { type Scratch, scratchThings, type ScratchThing } from './scratch.ts'

/** All that a run can make, in the order in which it is removed: who uses the others goes first. */
export const thingsOfRun = (target: Target, scratch: Scratch): readonly ScratchThing[] => [
  ...trialThings(target, scratch),
  ...scratchThings(target, scratch),
]

/** What a job beside the deployment needs. Its account cannot reach the database and the bucket of the deployment. */
function trialThings(target: Target, scratch: Scratch): readonly ScratchThing[] {
  return [job(target, scratch), right(target, scratch), account(target, scratch), images(target, scratch)]
}

/** `run.googleapis.com` in the region, as gcloud uses it. */
export const runApi = ({ project, region }: Target): string =>
  `https://${region}-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/${project}`

const MACHINE = ['--cpu=4', '--memory=8Gi', '--tasks=1', '--max-retries=0', '--task-timeout=30m']

const emailOf = ({ project }: Target, name: string): string => `${name}@${project}.iam.gserviceaccount.com`

/** With one tag: its repository goes with it. */
const imageName = ({ project, region }: Target, { images: repository }: Scratch): string =>
  `${region}-docker.pkg.dev/${project}/${repository}/${TRIAL}:1`

function job(target: Target, scratch: Scratch): ScratchThing {
  const { project, region } = target
  const place = `--region=${region}`
  const words = [`--image=${imageName(target, scratch)}`, `--service-account=${emailOf(target, scratch.account)}`, ...MACHINE]
  return {
    kind: 'job',
    read: { url: `${runApi(target)}/jobs/${scratch.job}` },
    create: [gcloud(project, ['run', 'jobs', 'deploy', scratch.job, place, ...words])],
    remove: [gcloud(project, ['run', 'jobs', 'delete', scratch.job, place])],
  }
}

/** The account's right on the database, which lies in the policy of the project and would outlive the account there. */
function right(target: Target, { account: name, database }: Scratch): ScratchThing {
  const member = `serviceAccount:${emailOf(target, name)}`
  return {
    kind: 'right',
    read: projectPolicy(target).read,
    have: (policy) => listAt(policy, 'bindings').find((line) => textsAt(line, 'members').includes(member)),
    remove: [gcloud(target.project, ['projects', 'remove-iam-policy-binding', ...rightWords(target, member, database)])],
  }
}

const rightWords = ({ project }: Target, member: string, database: string): readonly string[] => [
  project,
  `--member=${member}`,
  `--role=projects/${project}/roles/holdfastDocuments`,
  // The separator is a caret's, as for the rights of a deployment.
  `--condition=^;^title=${database};expression=resource.name == "projects/${project}/databases/${database}"`,
]

function account(target: Target, { account: name, database, bucket }: Scratch): ScratchThing {
  const { project } = target
  const email = emailOf(target, name)
  const member = `serviceAccount:${email}`
  const role = `--role=projects/${project}/roles/holdfastCheckpoints`
  return {
    kind: 'account',
    read: { url: `https://iam.googleapis.com/v1/projects/${project}/serviceAccounts/${email}` },
    create: [
      gcloud(project, ['iam', 'service-accounts', 'create', name, '--display-name=Holdfast: one run of verify-live']),
      gcloud(project, ['projects', 'add-iam-policy-binding', ...rightWords(target, member, database)]),
      gcloud(project, ['storage', 'buckets', 'add-iam-policy-binding', `gs://${bucket}`, `--member=${member}`, role]),
    ],
    remove: [gcloud(project, ['iam', 'service-accounts', 'delete', email])],
  }
}

/** The image trusts a simulator. So it lies in a repository of its own, and nowhere beside what is deployed. */
function images(target: Target, scratch: Scratch): ScratchThing {
  const { project, region } = target
  const place = `--location=${region}`
  const writer = [`--member=${target.memberOf('build')}`, '--role=roles/artifactregistry.writer']
  const command = (...words: readonly string[]) => gcloud(project, ['artifacts', 'repositories', ...words])
  return {
    kind: 'images',
    read: {
      url: `https://artifactregistry.googleapis.com/v1/projects/${project}/locations/${region}/repositories/${scratch.images}`,
    },
    prepare: async () => void (await buildUnit(TRIAL, BUILT)),
    create: [
      command('create', scratch.images, place, '--repository-format=docker'),
      command('add-iam-policy-binding', scratch.images, place, ...writer),
      ...imageBuild(target, { context: `infra/build/${TRIAL}`, name: imageName(target, scratch) }),
    ],
    remove: [command('delete', scratch.images, place)],
  }
}
