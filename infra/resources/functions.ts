import { firebase, gcloud } from './command.ts'
import { FUNCTIONS } from './deployed-functions.ts'
import { at, lastOf, listAt, textAt } from './fields.ts'
import type { Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

/** Where firebase.json looks for variables, in a file for each project. */
const VARIABLES = 'infra/build/variables'

export const functionsRead = ({ project, region }: Target): Read => ({
  url: `https://cloudfunctions.googleapis.com/v2/projects/${project}/locations/${region}/functions`,
})

/**
 * All functions, with their queues and schedules: firebase-tools deploys them from the options in the code. The release is one of
 * their variables, so that a deployment of the same sources is none.
 */
export function functions(target: Target): Resource {
  const { project, region, release } = target
  const variables = { ...target.variables, NODE_OPTIONS: '--enable-source-maps', HOLDFAST_RELEASE: release.functions }
  const deploy = () => [firebase(project, 'functions', { [`${VARIABLES}/.env.${project}`]: dotenv(variables) })]
  const wanted = Object.entries(FUNCTIONS).map(([name, { account }]) => [
    name,
    { state: 'ACTIVE', serviceConfig: { serviceAccountEmail: target.emailOf(account), environmentVariables: variables } },
  ])
  return {
    id: 'functions',
    stage: 'functions',
    lane: 'firebase',
    reads: [functionsRead(target)],
    have: ([answer]) => presentFunctions(answer),
    want: () => Object.fromEntries(wanted) as object,
    permissions: ['cloudfunctions.functions.create', 'cloudfunctions.functions.update', 'iam.serviceAccounts.actAs'],
    create: deploy,
    update: deploy,
    // A queue stays: its name could not be used again for a week.
    remove: (have) =>
      Object.keys(have as object).flatMap((name) => [
        gcloud(project, ['functions', 'delete', name, `--region=${region}`, '--gen2']),
        ...(FUNCTIONS[name]?.calledBy === 'a schedule'
          ? [gcloud(project, ['scheduler', 'jobs', 'delete', `firebase-schedule-${name}-${region}`, `--location=${region}`])]
          : []),
      ]),
  }
}

/** Functions of ours by their names. Null if there is none. */
export function presentFunctions(answer: unknown): object | null {
  const ours = listAt(answer, 'functions').filter((one) => at(one, 'labels', 'firebase-functions-codebase') === 'holdfast')
  return ours.length === 0 ? null : Object.fromEntries(ours.map((one) => [lastOf(textAt(one, 'name') ?? ''), one]))
}

/** JSON's escapes are those of the dotenv format of firebase-tools. */
const dotenv = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
    .join('')
