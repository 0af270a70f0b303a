import { accessPolicies } from '../resources/access.ts'
import { foreignLines } from '../resources/binding.ts'
import { lineOf } from '../resources/command.ts'
import { FUNCTIONS } from '../resources/deployed-functions.ts'
import { at, listAt, textAt, textsAt } from '../resources/fields.ts'
import { collectionOf, fieldOf, indexReads, NEVER_WITH_TTL } from '../resources/firestore-files.ts'
import { runnerRows, runnersRead } from '../resources/fleet.ts'
import { callersRead, functionsRead, healthOf, mayCall, presentFunctions } from '../resources/functions.ts'
import { addressIn, addressRead, networkRemoval, paidNetworkReads } from '../resources/network.ts'
import { standingLine, standingOf, wayOn } from '../resources/pool-splits.ts'
import type { Resource } from '../resources/resource.ts'
import type { Target } from '../resources/target.ts'
import { poolRead, runnerRead } from '../resources/runner-platform.ts'
import type { Check } from './check.ts'
import { checksOfAccess } from './checks-of-access.ts'
import { checksOfServer } from './checks-of-server.ts'
import { checksOfVersions } from './checks-of-versions.ts'
import { checksOfWrapping } from './checks-of-wrapping.ts'

/** A runner that was silent for longer counts as dead. */
const HEARD_WITHIN_MS = 60_000

export const checks = (target: Target, resources: readonly Resource[]): readonly Check[] => [
  billing(target),
  firebaseProject(target),
  indexesReady(target),
  noForbiddenTtl(target),
  functionsActive(target),
  ...checksOfVersions(target, resources),
  ...checksOfWrapping(target),
  apiPublic(target),
  everybodyAllowed(target),
  ...(isSeen(target) ? [apiHealthy(target)] : []),
  ...checksOfServer(target),
  ...checksOfAccess(target),
  runnersReady(target),
  noSplitLeft(target),
  runnerHeard(target),
  ...fixedAddress(target),
  ...noForeignRights(target, resources),
]

const billing = ({ project }: Target): Check => ({
  name: 'billing is on',
  reads: [{ url: `https://cloudbilling.googleapis.com/v1/projects/${project}/billingInfo` }],
  problem: ([answer]) => (at(answer, 'billingEnabled') === true ? null : 'the project has no billing account'),
  mend: `gcloud billing projects link ${project} --billing-account=ACCOUNT`,
})

const firebaseProject = ({ project }: Target): Check => ({
  name: 'the project is a Firebase project',
  reads: [{ url: `https://firebase.googleapis.com/v1beta1/projects/${project}` }],
  problem: ([answer]) => (answer === null ? 'Firebase does not know it' : null),
  mend: `npx firebase-tools projects:addfirebase ${project}`,
})

const indexesReady = ({ project }: Target): Check => ({
  name: 'the indexes are built',
  reads: indexReads(project).slice(0, 1),
  problem: ([answer]) => {
    const all = listAt(answer, 'indexes')
    const waiting = all.filter(({ state }) => state !== 'READY')
    if (all.length === 0) return 'there is none'
    return waiting.length === 0 ? null : `${waiting.length} of ${all.length} are not ready: ${listOf(waiting.map(collectionOf))}`
  },
  mend: 'Google builds an index in minutes, and longer where there is much data. Without one the queries that need it fail.',
})

const noForbiddenTtl = ({ project }: Target): Check => ({
  name: 'nothing deletes journals, sessions or keys by age',
  reads: indexReads(project).slice(1),
  problem: ([answer]) => {
    const withTtl = listAt(answer, 'fields').filter((field) => at(field, 'ttlConfig') !== undefined)
    const forbidden = withTtl.filter((field) => NEVER_WITH_TTL.includes(collectionOf(field)))
    return forbidden.length === 0 ? null : `a TTL is on ${listOf(forbidden.map((one) => `${collectionOf(one)}.${fieldOf(one)}`))}`
  },
  mend: `gcloud firestore fields ttls update FIELD --collection-group=COLLECTION --disable-ttl --project=${project}`,
})

const functionsActive = (target: Target): Check => ({
  name: 'the functions are active',
  reads: [functionsRead(target)],
  problem: ([answer]) => {
    const present = presentFunctions(answer) ?? {}
    const bad = Object.keys(FUNCTIONS).flatMap((name) => {
      const state = textAt(present[name], 'state') ?? 'missing'
      return state === 'ACTIVE' ? [] : [`${name} is ${state}`]
    })
    return bad.length === 0 ? null : bad.join(', ')
  },
  mend: `npx firebase-tools deploy --only=functions --project=${target.project}`,
})

const apiPublic = (target: Target): Check => ({
  name: 'everybody may call the API, which checks its own key',
  reads: [callersRead(target, 'api')],
  problem: ([policy]) => (mayCall(policy, 'allUsers') ? null : 'Cloud Run refuses requests without a token of Google'),
  mend: `gcloud run services add-iam-policy-binding api --region=${target.region} --member=allUsers --role=roles/run.invoker --project=${target.project}`,
})

const MEMBERS = 'iam.allowedPolicyMemberDomains'

/** Asked only where the API is closed: whoever may see policies of an organisation is often not the one who deploys. */
const everybodyAllowed = (target: Target): Check => ({
  name: 'no policy of the organisation keeps the API closed',
  reads: [
    callersRead(target, 'api'),
    ([policy]) =>
      mayCall(policy, 'allUsers')
        ? null
        : {
            url: `https://cloudresourcemanager.googleapis.com/v1/projects/${target.project}:getEffectiveOrgPolicy`,
            method: 'POST',
            body: { constraint: `constraints/${MEMBERS}` },
          },
  ],
  problem: ([, policy]) => {
    const allowed = textsAt(policy, 'listPolicy', 'allowedValues')
    const isNobody = at(policy, 'listPolicy', 'allValues') === 'DENY'
    return allowed.length > 0 || isNobody ? `${MEMBERS} lets in members of ${allowed.join(', ') || 'nobody'} only` : null
  },
  mend: `Whoever administers the organisation may except the project: gcloud resource-manager org-policies set-policy FILE --project=${target.project}, with {"constraint": "constraints/${MEMBERS}", "listPolicy": {"allValues": "ALLOW"}} in the file. Then npm run infra -- apply.`,
})

/** Whether anybody reaches the API from here without an account. */
const isSeen = ({ environment: { api } }: Target): boolean => api.access !== 'internal' && !api.iap

const apiHealthy = (target: Target): Check => ({
  name: 'the API answers that it is healthy',
  reads: [functionsRead(target), ([answer]) => healthOf(target, answer)],
  problem: ([, health]) => {
    const status = textAt(health, 'status')
    return status === 'healthy' ? null : `GET /health says ${status ?? 'nothing'}`
  },
  mend: 'docs/RUNBOOK.md says what each problem of GET /health means.',
})

const runnersReady = (target: Target): Check => ({
  name: 'the runners are ready, in the newest revision',
  reads: [runnerRead(target)],
  problem: ([runners]) => {
    const { platform } = target.environment.runner
    if (runners === null) return `there is no ${platform}`
    const ready = listAt(runners, 'status', 'conditions').find(({ type }) => type === 'Ready')
    if (ready?.['status'] !== 'True') return textAt(ready, 'message') ?? `the ${platform} is not ready`
    const [made, works] = ['latestCreatedRevisionName', 'latestReadyRevisionName'].map((name) => textAt(runners, 'status', name))
    return made === works ? null : `${made} does not become ready, and ${works} goes on`
  },
  mend: 'The log of the newest revision has its last words; docs/RUNBOOK.md lists the exit codes.',
})

/** A split stays for all later deployments. */
const noSplitLeft = (target: Target): Check => ({
  name: 'no roll-out stands half way',
  reads: [poolRead(target)],
  problem: ([pool]) => {
    const standing = standingOf(pool)
    return standing === null || standing.followsNewest ? null : standingLine(standing)
  },
  mend: '`npm run infra -- roll` goes on with it, `npm run infra -- roll --back` takes it back; docs/UPGRADING.md.',
  mendOf: ([pool]) => {
    const standing = standingOf(pool)
    return standing?.takenBack ? wayOn(standing) : noSplitLeft(target).mend
  },
})

/** Both times are Firestore's. */
const runnerHeard = (target: Target): Check => ({
  name: 'a runner was heard in the last minute',
  reads: [runnersRead(target)],
  problem: ([answer]) => {
    const rows = runnerRows(answer)
    const ages = rows.map(({ silentForMs }) => silentForMs)
    const youngestMs = Math.min(...ages)
    if (rows.length === 0) return 'no runner is on the list'
    return youngestMs < HEARD_WITHIN_MS ? null : `the last one ${Math.round(youngestMs / 1000)} s ago`
  },
  mend: 'docs/RUNBOOK.md, "No runner is heard".',
})

const fixedAddress = (target: Target): readonly Check[] =>
  target.environment.egress.fixedAddress
    ? [
        {
          name: 'the runners have a fixed address',
          reads: [addressRead(target)],
          problem: ([answer]) => (addressIn(answer) === undefined ? 'Google has not given it yet' : null),
          found: ([answer]) => addressIn(answer),
          mend: '`npm run infra -- apply` asks for it.',
        },
      ]
    : [
        {
          // Nothing here removes it: somebody may have told the address to others, and Google does not give it out again.
          name: 'no fixed address is paid for that nobody wants',
          reads: paidNetworkReads(target),
          problem: ([address, router]) =>
            address === null && listAt(router, 'nats').length === 0 ? null : `${addressIn(address) ?? 'its NAT'} is still there`,
          mend: `When the runners are off it, and nobody else needs it: ${networkRemoval(target)
            .map((command) => lineOf(command, { firebase: [], track: () => [] }))
            .join(' && ')}`,
        },
      ]

const noForeignRights = (target: Target, resources: readonly Resource[]): readonly Check[] =>
  accessPolicies(target).map((policy) => ({
    name: `nobody of ours has more rights on ${policy.on} than the list says`,
    reads: [policy.read],
    problem: ([answer]) => {
      const lines = foreignLines(
        target,
        answer,
        resources.filter(({ lane }) => lane === policy.on),
      )
      return lines.length === 0 ? null : listOf(lines.map(({ role, account }) => `${account} has ${role}`))
    },
    mend: 'Take it away with the command `remove-iam-policy-binding`, or add it to infra/resources/access.ts.',
  }))

const listOf = (names: readonly string[]): string => [...new Set(names)].join(', ')
