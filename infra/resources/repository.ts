import { type Command, gcloud } from './command.ts'
import { textAt } from './fields.ts'
import type { Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

const API = 'https://artifactregistry.googleapis.com/v1'

/** Where the images lie. */
export function repository({ project, region, repository: path }: Target): Resource {
  const command = (verb: string, ...args: readonly string[]) =>
    gcloud(project, ['artifacts', 'repositories', verb, 'holdfast', `--location=${region}`, ...args])
  return {
    id: 'image repository holdfast',
    stage: 'base',
    reads: [{ url: `${API}/${path}` }],
    want: () => ({ format: 'DOCKER', dockerConfig: { immutableTags: true } }),
    fixed: ['format'],
    permissions: ['artifactregistry.repositories.create', 'artifactregistry.repositories.update'],
    create: () => [command('create', '--repository-format=docker', '--immutable-tags')],
    update: () => [command('update', '--immutable-tags')],
    remove: () => [command('delete')],
  }
}

/** The read that tells the digest of the runner's image of this release. */
export const imageRead = ({ repository: path, release }: Target): Read => ({
  url: `${API}/${path}/packages/runner/tags/${release.runner}`,
})

/** Returns the image by its digest, or null while nobody has built it. */
export function imageOf(target: Target, answer: unknown): string | null {
  const digest = textAt(answer, 'version')?.split('/').at(-1)
  return digest === undefined ? null : `${target.image}@${digest}`
}

/** The image of this release. Its tag is the hash of what it is made from, so that the same sources are built once. */
export function image(target: Target): Resource {
  const { environment, release } = target
  return {
    id: `image runner:${release.runner}`,
    stage: 'image',
    reads: [imageRead(target)],
    permissions:
      environment.image.builder === 'cloud'
        ? ['cloudbuild.builds.create', 'iam.serviceAccounts.actAs', 'storage.objects.create']
        : ['artifactregistry.repositories.uploadArtifacts'],
    create: () => (environment.image.builder === 'cloud' ? [buildInCloud(target)] : buildHere(target, environment.image.builder)),
  }
}

const CONTEXT = 'infra/build/runner'

function buildInCloud(target: Target): Command {
  const { project, region, release } = target
  const variables = { _IMAGE: `${target.image}:${release.runner}`, _VERSION: release.version, _REVISION: release.revision }
  const substitutions = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  return gcloud(project, [
    'builds',
    'submit',
    CONTEXT,
    `--region=${region}`,
    '--config=infra/images/cloudbuild.yaml',
    `--substitutions=${substitutions.join(',')}`,
    `--service-account=projects/${project}/serviceAccounts/${target.emailOf('build')}`,
    `--gcs-source-staging-dir=gs://${target.builds}/source`,
  ])
}

/** Builds with a program of this machine, and pushes. The program asks gcloud for its password. */
function buildHere(target: Target, program: 'docker' | 'buildah'): readonly Command[] {
  const { project, region, release } = target
  const name = `${target.image}:${release.runner}`
  const labels = [`--build-arg=VERSION=${release.version}`, `--build-arg=REVISION=${release.revision}`]
  return [
    gcloud(project, ['auth', 'configure-docker', `${region}-docker.pkg.dev`]),
    // Cloud Run's machines are of this kind, whatever this one is.
    { program, args: ['build', '--platform=linux/amd64', ...labels, `--tag=${name}`, CONTEXT] },
    { program, args: ['push', name] },
  ]
}
