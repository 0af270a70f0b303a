import { type SecretName, FUNCTIONS } from '../resources/deployed-functions.ts'
import { lastOf, listAt, textAt } from '../resources/fields.ts'
import { functionsRead, healthOf, presentFunctions } from '../resources/functions.ts'
import type { Answers, LaterRead, Read, Resource } from '../resources/resource.ts'
import { isEnabled, numberOf, versionsRead } from '../resources/secret-versions.ts'
import { SECRETS } from '../resources/secrets.ts'
import type { Target } from '../resources/target.ts'
import type { Check } from './check.ts'

/** Whether the parts that are deployed fit each other: their versions, and the versions of the secrets that they have. */
export const checksOfVersions = (target: Target, resources: readonly Resource[]): readonly Check[] => [
  secretsNewest(target),
  secretsUsable(target, resources),
  secretsAlike(target, resources),
  versionsAlike(target),
]

const NAMES = Object.keys(SECRETS) as SecretName[]

/** A deployment pins the version that is the newest then. */
const secretsNewest = (target: Target): Check => ({
  name: 'the API has the newest version of its key',
  reads: [functionsRead(target), versionsRead(target, 'API_KEY')],
  problem: ([functions, versions]) => {
    const newest = Math.max(...listAt(versions, 'versions').filter(isEnabled).map(numberOf))
    const used = usesIn(functions, null).find(({ user, secret }) => user === 'api' && secret === 'API_KEY')
    return used && Number(used.version) < newest ? `it has version ${used.version}, and ${newest} is the newest` : null
  },
  mend: '`npm run infra -- apply` gives it that one.',
})

/** A process with a version that nobody may read goes on, and fails at its next start. */
const secretsUsable = (target: Target, resources: readonly Resource[]): Check => ({
  name: 'every version of a secret that is in use is enabled',
  reads: [functionsRead(target), runnersRead(resources), ...NAMES.map((name) => versionsRead(target, name))],
  problem: ([functions, runners, ...versions]) => {
    const stateOf = (secret: string, version: string): string => {
      const present = listAt(versions[NAMES.findIndex((name) => name === secret)], 'versions')
      const found = version === 'latest' ? present.find(isEnabled) : present.find((one) => numberOf(one) === Number(version))
      return textAt(found, 'state') ?? 'MISSING'
    }
    const bad = usesIn(functions, runners).flatMap(({ user, secret, version }) => {
      const state = stateOf(secret, version)
      return state === 'ENABLED' ? [] : [`${user} has version ${version} of ${secret}, which is ${state}`]
    })
    return bad.length === 0 ? null : bad.join('; ')
  },
  mend: `gcloud secrets versions enable VERSION --secret=SECRET --project=${target.project}. A version that was destroyed does not come back.`,
})

/** What one seals, another one has to open. */
const secretsAlike = (target: Target, resources: readonly Resource[]): Check => ({
  name: 'runners and functions have the same version of SESSION_ENCRYPTION_KEY',
  reads: [functionsRead(target), runnersRead(resources), versionsRead(target, 'SESSION_ENCRYPTION_KEY')],
  problem: ([functions, runners, versions]) => {
    const newest = String(Math.max(...listAt(versions, 'versions').filter(isEnabled).map(numberOf)))
    const uses = usesIn(functions, runners).filter(({ secret }) => secret === 'SESSION_ENCRYPTION_KEY')
    const byVersion = Map.groupBy(uses, ({ version }) => (version === 'latest' ? newest : version))
    if (byVersion.size <= 1) return null
    return [...byVersion].map(([version, users]) => `${users.map(({ user }) => user).join(', ')}: ${version}`).join('; ')
  },
  mend: `Sessions are sealed with the version that the runners have. Disable the other one (gcloud secrets versions disable VERSION --secret=SESSION_ENCRYPTION_KEY --project=${target.project}), then deploy the functions again.`,
})

interface Use {
  readonly user: string
  readonly secret: string
  /** A number, or `latest`. */
  readonly version: string
}

/** Returns which version of which secret the functions and the runners have. */
function usesIn(functions: unknown, runners: unknown): readonly Use[] {
  const present = presentFunctions(functions)
  const ofFunctions = Object.keys(FUNCTIONS).flatMap((user) =>
    listAt(present, user, 'serviceConfig', 'secretEnvironmentVariables').map(({ key, version }) => ({
      user,
      secret: String(key),
      version: lastOf(String(version)),
    })),
  )
  const ofRunners = listAt(listAt(runners, 'spec', 'template', 'spec', 'containers')[0], 'env').flatMap((variable) => {
    const secret = textAt(variable, 'valueFrom', 'secretKeyRef', 'name')
    const version = textAt(variable, 'valueFrom', 'secretKeyRef', 'key') ?? 'latest'
    return secret === undefined ? [] : [{ user: 'runner', secret, version }]
  })
  return [...ofFunctions, ...ofRunners]
}

/** The runners as they are set up, wherever they run. */
function runnersRead(resources: readonly Resource[]): Read | LaterRead {
  return resources.find(({ stage }) => stage === 'runner')?.reads[0] ?? (() => null)
}

const versionsAlike = (target: Target): Check => ({
  name: 'API and runners are of the same version',
  reads: [functionsRead(target), ([answer]) => healthOf(target, answer)],
  problem: ([, health]) => versionProblem(health),
  mend: 'npm run infra -- apply deploys both. Versions next to each other work together, others were never tried.',
})

function versionProblem(health: Answers[number]): string | null {
  const api = textAt(health, 'version')
  const others = listAt(health, 'runners').filter(({ state, version }) => state !== 'dead' && version !== api)
  if (api === undefined || others.length === 0) return null
  const shown = others.map(
    (runner) => `${textAt(runner, 'version') ?? 'an older one'} (${textAt(runner, 'revision') ?? 'no revision'})`,
  )
  return `the API is ${api}, and runners are ${[...new Set(shown)].join(', ')}`
}
