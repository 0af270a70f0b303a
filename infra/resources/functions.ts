import { addressForCallers, apiServiceRead, publicUrlIn } from './api-service.ts'
import { firebase, gcloud } from './command.ts'
import { FUNCTIONS } from './deployed-functions.ts'
import { at, type Fields, lastOf, listAt, textAt, textsAt } from './fields.ts'
import type { Answers, Read, Resource } from './resource.ts'
import { newestIn, versionsRead } from './secret-versions.ts'
import type { Target } from './target.ts'

const NAMES = Object.keys(FUNCTIONS)

/** Functions that their caller may call because firebase-tools let it. Those for tasks are not among them: see `invokers`. */
const LET_IN = NAMES.filter((name) => FUNCTIONS[name]?.calledBy !== 'tasks')

const placeOf = ({ project, region }: Target): string => `projects/${project}/locations/${region}`

export const functionsRead = (target: Target): Read => ({
  url: `https://cloudfunctions.googleapis.com/v2/${placeOf(target)}/functions`,
})

/** The read of who may call a function, which is a service of Cloud Run with a name in small letters. */
export const callersRead = (target: Target, name: string): Read => ({
  url: `https://run.googleapis.com/v2/${placeOf(target)}/services/${name.toLowerCase()}:getIamPolicy`,
})

const scheduleOf = ({ region }: Target, name: string): string => `firebase-schedule-${name}-${region}`

/**
 * All functions, with their queues, schedules and callers: firebase-tools deploy them from the options in the code. The release is one
 * of their variables, so that a deployment of the same sources is none.
 */
export function functions(target: Target): Resource {
  const { project, region } = target
  const deploy = (answers: Answers, more: Readonly<Record<string, string>> = {}) => [
    firebase(project, 'functions', { [target.variablesFile]: dotenv({ ...variablesOf(target, answers), ...more }) }),
  ]
  const wanted = (answers: Answers) =>
    Object.entries(FUNCTIONS).map(([name, { account }]) => {
      const environmentVariables = variablesOf(target, answers)
      return [name, { state: 'ACTIVE', serviceConfig: { serviceAccountEmail: target.emailOf(account), environmentVariables } }]
    })
  return {
    id: 'functions',
    stage: 'functions',
    lane: 'firebase',
    reads: [
      functionsRead(target),
      { url: `https://cloudtasks.googleapis.com/v2/${placeOf(target)}/queues?pageSize=500` },
      { url: `https://cloudscheduler.googleapis.com/v1/${placeOf(target)}/jobs?pageSize=500` },
      ...LET_IN.map((name) => callersRead(target, name)),
      versionsRead(target, 'API_KEY'),
      apiServiceRead(target),
    ],
    have: (answers) => {
      const present = presentFunctions(answers[0])
      return present && { ...present, ...besides(target, answers), [KEY_OF_API]: keyOfApi(present) }
    },
    want: (answers) => ({
      ...(Object.fromEntries(wanted(answers)) as object),
      ...wantedBesides(target),
      [KEY_OF_API]: newestIn(answers.at(-2)),
    }),
    permissions: ['cloudfunctions.functions.create', 'cloudfunctions.functions.update', 'iam.serviceAccounts.actAs'],
    create: deploy,
    // Functions that have not changed are skipped by firebase-tools with all that belongs to them. When they were interrupted between
    // a function and what belongs to it, only another variable makes them look again.
    update: (have, answers, different) =>
      deploy(answers, different.some(({ path }) => isBeside(target, path)) ? { HOLDFAST_AGAIN: newestUpdateIn(have) } : {}),
    // A queue stays: its name could not be used again for a week.
    remove: (have) =>
      NAMES.filter((name) => at(have, name) !== undefined).flatMap((name) => [
        gcloud(project, ['functions', 'delete', name, `--region=${region}`, '--gen2']),
        ...(FUNCTIONS[name]?.calledBy === 'a schedule' && at(have, `schedule of ${name}`) !== undefined
          ? [gcloud(project, ['scheduler', 'jobs', 'delete', scheduleOf(target, name), `--location=${region}`])]
          : []),
      ]),
  }
}

/** firebase-tools give a function the version that is the newest at its deployment. */
const KEY_OF_API = 'version of API_KEY in api'

const keyOfApi = (present: Fields): string | undefined => {
  const secrets = listAt(present, 'api', 'serviceConfig', 'secretEnvironmentVariables')
  const version = textAt(
    secrets.find(({ key }) => key === 'API_KEY'),
    'version',
  )
  return version === undefined ? undefined : lastOf(version)
}

/** The address of the API as a server is one of them, so that the function can name it to callers. */
function variablesOf(target: Target, answers: Answers): Readonly<Record<string, string>> {
  const service = answers.at(-1)
  const address = addressForCallers(target, service)
  return {
    ...target.variables,
    ...publicUrlIn(target, service),
    ...(target.isSized ? { FLEET_PLATFORM: target.environment.runner.platform, FLEET_REGION: target.region } : {}),
    NODE_OPTIONS: '--enable-source-maps',
    HOLDFAST_RELEASE: target.release.functions,
    ...(address === undefined ? {} : { API_SERVICE_URL: address }),
  }
}

/** Functions of ours by their names. Null if there is none. */
export function presentFunctions(answer: unknown): Fields | null {
  const ours = listAt(answer, 'functions').filter((one) => at(one, 'labels', 'firebase-functions-codebase') === 'holdfast')
  return ours.length === 0 ? null : Object.fromEntries(ours.map((one) => [lastOf(textAt(one, 'name') ?? ''), one]))
}

/** Returns the read of the API's health. Null if there is no API, or none that this machine reaches. */
export function healthOf({ environment }: Target, answer: unknown): Read | null {
  const { access, domain, iap } = environment.api
  if (access === 'internal' || iap) return null
  if (access === 'load-balancer') return { url: `https://${domain}/health` }
  const uri = textAt(presentFunctions(answer), 'api', 'serviceConfig', 'uri')
  return uri === undefined ? null : { url: `${uri}/health` }
}

/** What belongs to the functions and has to be there. */
const wantedBesides = (target: Target): Fields =>
  Object.fromEntries(
    Object.entries(FUNCTIONS).flatMap(([name, { calledBy }]) => {
      switch (calledBy) {
        case 'everybody':
          return [[`callers of ${name}`, callerOf(target, name)]]
        case 'tasks':
          return [[`queue of ${name}`, name]]
        case 'a schedule':
          return [
            [`schedule of ${name}`, scheduleOf(target, name)],
            [`callers of ${name}`, callerOf(target, name)],
          ]
      }
      return calledBy satisfies never
    }),
  )

/** What of it is there. */
function besides(target: Target, [, queues, jobs, ...callers]: Answers): Fields {
  const names = (answer: unknown, list: string) => listAt(answer, list).map((one) => lastOf(textAt(one, 'name') ?? ''))
  const present = new Set([...names(queues, 'queues'), ...names(jobs, 'jobs')])
  const isThere = ([what, value]: readonly [string, unknown]): boolean => {
    const name = what.slice(what.lastIndexOf(' ') + 1)
    return what.startsWith('callers') ? mayCall(callers[LET_IN.indexOf(name)], String(value)) : present.has(String(value))
  }
  return Object.fromEntries(Object.entries(wantedBesides(target)).filter(isThere))
}

const isBeside = (target: Target, path: string): boolean => path in wantedBesides(target)

/** Who calls a function: everybody, or its schedule in the name of its own account. */
function callerOf(target: Target, name: string): string {
  const { calledBy, account } = FUNCTIONS[name] ?? {}
  return calledBy === 'everybody' || account === undefined ? 'allUsers' : target.memberOf(account)
}

export const mayCall = (policy: unknown, member: string): boolean =>
  listAt(policy, 'bindings').some((line) => line['role'] === 'roles/run.invoker' && textsAt(line, 'members').includes(member))

/** The time of the last change of any function: another one after each deployment. */
const newestUpdateIn = (have: unknown): string =>
  NAMES.map((name) => textAt(have, name, 'updateTime') ?? '')
    .toSorted()
    .at(-1) ?? ''

/** JSON's escapes are those of the dotenv format of firebase-tools. */
const dotenv = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
    .join('')
