import { type Command, gcloud } from './command.ts'
import { kmsKeyOf } from './encryption.ts'
import { textAt } from './fields.ts'
import type { Read, Resource } from './resource.ts'
import type { ImageUnit, Target } from './target.ts'

const API = 'https://artifactregistry.googleapis.com/v1'

/** Where the images lie. */
export function repository(target: Target): Resource {
  const { project, region, repository: path } = target
  const kmsKeyName = kmsKeyOf(target)
  const encrypted = kmsKeyName === undefined ? [] : [`--kms-key=${kmsKeyName}`]
  const command = (verb: string, ...args: readonly string[]) =>
    gcloud(project, ['artifacts', 'repositories', verb, 'holdfast', `--location=${region}`, ...args])
  return {
    id: 'image repository holdfast',
    stage: 'base',
    reads: [{ url: `${API}/${path}` }],
    want: () => ({ format: 'DOCKER', dockerConfig: { immutableTags: true }, kmsKeyName }),
    fixed: ['format', 'kmsKeyName'],
    permissions: ['artifactregistry.repositories.create', 'artifactregistry.repositories.update'],
    create: () => [command('create', '--repository-format=docker', '--immutable-tags', ...encrypted)],
    update: () => [command('update', '--immutable-tags')],
    remove: () => [command('delete')],
  }
}

/** The read that tells the digest of a unit's image of this release. */
export const imageRead = ({ repository: path, release }: Target, unit: ImageUnit): Read => ({
  url: `${API}/${path}/packages/${unit}/tags/${release[unit]}`,
})

/** Returns the image by its digest, or null while nobody has built it. */
export function imageOf(target: Target, unit: ImageUnit, answer: unknown): string | null {
  const digest = textAt(answer, 'version')?.split('/').at(-1)
  return digest === undefined ? null : `${target.imageName(unit)}@${digest}`
}

/** The image of this release. Its tag is the hash of what it is made from, so that the same sources are built once. */
export function image(target: Target, unit: ImageUnit): Resource {
  const { environment, release } = target
  return {
    id: `image ${unit}:${release[unit]}`,
    stage: 'image',
    reads: [imageRead(target, unit)],
    permissions:
      environment.image.builder === 'cloud'
        ? ['cloudbuild.builds.create', 'iam.serviceAccounts.actAs', 'storage.objects.create']
        : ['artifactregistry.repositories.uploadArtifacts'],
    create: () => imageBuild(target, { context: `infra/build/${unit}`, name: target.tagOf(unit) }),
  }
}

interface ImageBuild {
  /** The folder of what the image is made from. */
  readonly context: string
  /** The name of the image with its tag. */
  readonly name: string
}

/** The commands that build an image and bring it to its registry, in the way of the environment. */
export function imageBuild(target: Target, build: ImageBuild): readonly Command[] {
  const { builder } = target.environment.image
  return builder === 'cloud' ? [buildInCloud(target, build)] : buildHere(target, build, builder)
}

function buildInCloud(target: Target, { context, name }: ImageBuild): Command {
  const { project, region, release } = target
  const variables = { _IMAGE: name, _VERSION: release.version, _REVISION: release.revision }
  const substitutions = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  return gcloud(project, [
    'builds',
    'submit',
    context,
    `--region=${region}`,
    '--config=infra/images/cloudbuild.yaml',
    `--substitutions=${substitutions.join(',')}`,
    `--service-account=projects/${project}/serviceAccounts/${target.emailOf('build')}`,
    `--gcs-source-staging-dir=gs://${target.builds}/source`,
  ])
}

/** Builds with a program of this machine, and pushes. The program asks gcloud for its password. */
function buildHere(target: Target, { context, name }: ImageBuild, program: 'docker' | 'buildah'): readonly Command[] {
  const { project, region, release } = target
  const labels = [`--build-arg=VERSION=${release.version}`, `--build-arg=REVISION=${release.revision}`]
  return [
    gcloud(project, ['auth', 'configure-docker', `${region}-docker.pkg.dev`]),
    // Cloud Run's machines are of this kind, whatever this one is.
    { program, args: ['build', '--platform=linux/amd64', ...labels, `--tag=${name}`, context] },
    { program, args: ['push', name] },
  ]
}
