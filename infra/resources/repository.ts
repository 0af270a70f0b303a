import { gcloud } from './command.ts'
import { textAt } from './fields.ts'
import type { Answers, Read, Resource } from './resource.ts'
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
  const { project, region, release } = target
  return {
    id: `image runner:${release.runner}`,
    stage: 'image',
    reads: [imageRead(target)],
    permissions: ['cloudbuild.builds.create', 'iam.serviceAccounts.actAs', 'storage.objects.create'],
    create: (_answers: Answers) => [
      gcloud(project, [
        'builds',
        'submit',
        'infra/build/runner',
        `--region=${region}`,
        '--config=infra/images/cloudbuild.yaml',
        `--substitutions=_IMAGE=${target.image}:${release.runner},_VERSION=${release.runner}`,
        `--service-account=projects/${project}/serviceAccounts/${target.emailOf('build')}`,
        `--gcs-source-staging-dir=gs://${target.builds}/source`,
      ]),
    ],
  }
}
