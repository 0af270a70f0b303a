import { OLD_NAMES } from '@holdfast/core/platform/old-names'
import { isCloudTrace } from '@holdfast/core/platform/trace-settings'
import { problemsOfServer, serverSettings } from '../../functions/src/config.ts'
import { problemsOfRunner } from '../../runner/src/config.ts'
import { runnerSettings } from '../../runner/src/settings.ts'
import { nearestOf } from './nearest.ts'

/**
 * What is wrong with the variables of an environment file. The runner and the functions themselves are asked, because they end at their
 * start with a configuration that they refuse, and that is minutes later and in a log.
 */

const OF_GOOGLE = 'Cloud Run sets it'
const OF_DEPLOYMENT = 'it follows from `project` and `region` in this file'
/** Whether runner and API send their traces to Google. */
export const tracesToGoogle = (variables: Readonly<Record<string, string>>): boolean =>
  isCloudTrace(variables['OTEL_EXPORTER_OTLP_ENDPOINT'])

const OF_FUNCTIONS = 'a deployment has Cloud Tasks and functions; docs/SELF_HOSTING.md is about the other way'

/** Variables that the deployment sets, that hold secrets, or that only single processes can have, and where what they say belongs. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  GOOGLE_CLOUD_PROJECT: 'it is `project` in this file',
  GCLOUD_PROJECT: 'it is `project` in this file',
  FUNCTIONS_REGION: 'it is `region` in this file',
  FUNCTIONS_URL: OF_DEPLOYMENT,
  TASKS_SERVICE_ACCOUNT: OF_DEPLOYMENT,
  STORAGE_BUCKET: 'it makes the bucket',
  SESSION_STORAGE_TYPE: 'it has Firestore and a bucket',
  SESSION_STORAGE_PATH: 'it has Firestore and a bucket',
  TASK_QUEUE: OF_FUNCTIONS,
  CLOUD_TASKS_EMULATOR_HOST: OF_FUNCTIONS,
  MAX_CONNECTIONS: 'it is `runner.maxConnections` in this file',
  MEMORY_LIMIT_MB: 'it is `runner.memoryGib` in this file',
  API_KEY: 'it is a secret, which `apply` makes; docs/DEPLOY.md, "Later", says how to change it',
  SESSION_ENCRYPTION_KEY: 'it is a secret, which `apply` makes, and which has to stay',
  SESSION_ENCRYPTION_KEYS: 'it is a secret, and a deployment has SESSION_ENCRYPTION_KEY and `wrapping.kmsKey`',
  KMS_KEY: 'it is `wrapping.kmsKey` in this file',
  CLOUD_KMS_EMULATOR_HOST: 'a deployment has Cloud KMS itself',
  API_SERVICE_URL: 'it is the address of the API as a server',
  FLEET_PLATFORM: 'it is `runner.platform` in this file',
  FLEET_NAME: OF_DEPLOYMENT,
  FLEET_REGION: OF_DEPLOYMENT,
  CLOUD_RUN_EMULATOR_HOST: 'a deployment has Cloud Run itself',
  INSTANCE_ID: 'each container has to have another one',
  NODE_OPTIONS: 'it is the command line of the images',
  PORT: OF_GOOGLE,
  PROBE_PORT: OF_GOOGLE,
}

/** Secrets that a deployment has no place for. */
const SECRET: readonly string[] = ['OTEL_EXPORTER_OTLP_HEADERS']

const RESERVED = /^(HOLDFAST|K|FUNCTION|FIREBASE|CLOUD_RUN)_/

/** Where a variable belongs instead. Null for one of an environment file, and for one that nobody knows. */
const placeOf = (name: string): string | null =>
  (Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined) ?? (RESERVED.test(name) ? 'its name is reserved' : null)

const UNITS = [
  { unit: 'the runner', names: Object.keys(runnerSettings.shape), problemsOf: problemsOfRunner },
  { unit: 'the functions and the API as a server', names: Object.keys(serverSettings.shape), problemsOf: problemsOfServer },
] as const

/** All variables that a runner, a function or the API as a server reads. */
export const KNOWN_VARIABLES: readonly string[] = [...new Set(UNITS.flatMap(({ names }) => names))].toSorted()

/** The variables that an environment file may have. */
export const FILE_VARIABLES: readonly string[] = KNOWN_VARIABLES.filter(
  (name) => placeOf(name) === null && !SECRET.includes(name),
)

/** What the deployment sets, so that only the others are judged. */
const SET = {
  GOOGLE_CLOUD_PROJECT: 'a-project',
  STORAGE_BUCKET: 'a-bucket',
  SESSION_ENCRYPTION_KEY: '0'.repeat(64),
  API_KEY: '0'.repeat(48),
}

export interface VariableProblem {
  readonly name: string
  readonly problem: string
}

/** Pure: says why these variables cannot be those of an environment file. */
export function problemsOfVariables(variables: Readonly<Record<string, string>>): readonly VariableProblem[] {
  const named = Object.keys(variables).flatMap((name) => {
    const problem = problemOfName(name)
    return problem === null ? [] : [{ name, problem }]
  })
  const wrong = new Set(named.map(({ name }) => name))
  const others = Object.fromEntries(Object.entries(variables).filter(([name]) => !wrong.has(name)))
  return [...named, ...problemsOfValues(others)]
}

function problemOfName(name: string): string | null {
  if (SECRET.includes(name))
    return 'holds a secret, and this file holds none: docs/METRICS.md, "Traces", says where traces can go'
  const place = placeOf(name)
  if (place !== null) return `is set by the deployment itself: ${place}`
  if (KNOWN_VARIABLES.includes(name)) return null
  const instead = Object.hasOwn(OLD_NAMES, name) ? OLD_NAMES[name] : undefined
  if (instead !== undefined) return `is read by nothing. ${instead}`
  const meant = nearestOf(name.toUpperCase().replaceAll('-', '_'), [...KNOWN_VARIABLES, ...Object.keys(ELSEWHERE)])
  if (meant === null) return 'is read by nothing: docs/CONFIGURATION.md lists the variables'
  const belongs = placeOf(meant)
  return `is read by nothing; did you mean ${meant}?${belongs === null ? '' : ` That is set by the deployment itself: ${belongs}`}`
}

/** The words are those of the processes. Who says them is named where another process takes the same value. */
function problemsOfValues(variables: Readonly<Record<string, string>>): readonly VariableProblem[] {
  const told = UNITS.flatMap(({ unit, problemsOf }) => problemsOf({ ...variables, ...SET }).map((line) => ({ unit, line })))
  return [...Map.groupBy(told, ({ line }) => line)].map(([line, tellers]) => {
    const [name = '', ...words] = line.split(': ')
    const problem = words.join(': ')
    const judges = UNITS.filter(({ names }) => names.includes(name)).length
    return { name, problem: tellers.length === judges ? problem : `${problem} (so ${tellers[0]?.unit})` }
  })
}
