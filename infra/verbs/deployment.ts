import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../environment/environment.ts'
import { filesFolder } from '../config.ts'
import { accessToken } from '../google/access-token.ts'
import { answersFor, Look, type Reader } from '../google/look.ts'
import { Rest } from '../google/rest.ts'
import { Sdk } from '../google/sdk.ts'
import type { Programs } from '../resources/command.ts'
import { allResources } from '../resources/all-resources.ts'
import type { FirestoreFiles, IndexFile } from '../resources/firestore-files.ts'
import { type Change, changeOf, type Resource } from '../resources/resource.ts'
import { Target } from '../resources/target.ts'
import { releaseOf, revisionOfSources } from '../units/release.ts'
import { readManifest, ROOT } from '../units/repository.ts'

/** What is wanted, and the tools to compare it with what is there and to change that. */
export interface Deployment {
  readonly target: Target
  readonly resources: readonly Resource[]
  readonly rest: Reader & { readonly reads: number }
  readonly sdk: Programs & Pick<Sdk, 'learn'>
}

export interface Opening {
  /** The words that start firebase-tools. */
  readonly firebase: readonly string[]
  /** Takes only the resources whose names have this in them. */
  readonly only: string
}

/** Throws an error with advice when the project cannot be seen. */
export async function openDeployment(environment: Environment, { firebase, only }: Opening): Promise<Deployment> {
  const { project } = environment
  const rest = new Rest({ project, token: accessToken })
  const [functions, runner, server, revision] = await Promise.all([
    releaseOf('functions'),
    releaseOf('runner'),
    releaseOf('server'),
    revisionOfSources(),
    seeProject(rest, project),
  ])
  const { version } = readManifest('runner')
  const target = new Target(environment, { functions, runner, server, version, revision }, filesFolder())
  const resources = allResources(target, readFirestoreFiles()).filter(({ id }) => id.includes(only))
  if (resources.length === 0)
    throw new Error(`No resource has "${only}" in its name. Without --only, \`plan\` goes through all of them.`)
  return { target, resources, rest, sdk: new Sdk(firebase) }
}

function readFirestoreFiles(): FirestoreFiles {
  const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')
  return { rules: read('firestore.rules'), indexes: JSON.parse(read('firestore.indexes.json')) as IndexFile }
}

/** A project that does not exist is refused like one that the caller may not see. */
async function seeProject(rest: Rest, project: string): Promise<void> {
  const url = `https://serviceusage.googleapis.com/v1/projects/${project}/services?filter=state:ENABLED&pageSize=1`
  await rest.first({ url }).catch((error: unknown) => {
    const advice = 'Is its name right, and is `gcloud auth list` the right account?'
    throw new Error(`The project ${project} does not answer. ${advice}`, { cause: error })
  })
}

export interface Judged {
  readonly resource: Resource
  /** Null when nothing has to be done. */
  readonly change: Change | null
}

/** Looks at all of these resources at once, at one moment. */
export async function judgeAll(resources: readonly Resource[], rest: Reader): Promise<readonly Judged[]> {
  const look = new Look(rest)
  return await Promise.all(
    resources.map(async (resource) => ({ resource, change: changeOf(resource, await answersFor(resource, look)) })),
  )
}

export const changesIn = (judged: readonly Judged[]): readonly Change[] =>
  judged.map(({ change }) => change).filter((change) => change !== null)
