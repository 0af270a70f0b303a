import { gcloud } from './command.ts'
import { projectRead } from './encryption.ts'
import { listAt, textAt, textsAt } from './fields.ts'
import { callersRead } from './functions.ts'
import type { Answers, Resource } from './resource.ts'
import type { Target } from './target.ts'

const NAME = 'holdfast-api'
const ROLE = 'roles/iap.httpsResourceAccessor'
const INVOKER = 'roles/run.invoker'

/** Who passes Google's Identity-Aware Proxy in front of the load balancer, and that this proxy may call the service. */
export function iap(target: Target): readonly Resource[] {
  const { iap } = target.environment.api
  return iap ? [proxyItself(target), passers(target, iap.members)] : []
}

const numberIn = (answer: unknown): string => textAt(answer, 'projectNumber') ?? ''

/** The account of the proxy comes into being with the first command. Nobody else may call the service then. */
function proxyItself(target: Target): Resource {
  const { project, region } = target
  const memberIn = (answer: unknown) => `serviceAccount:service-${numberIn(answer)}@gcp-sa-iap.iam.gserviceaccount.com`
  const bind = ['run', 'services', 'add-iam-policy-binding', NAME, `--region=${region}`]
  return {
    id: 'right of IAP to call holdfast-api',
    stage: 'balancer',
    reads: [callersRead(target, NAME), projectRead(target)],
    have: ([policy, answer]) =>
      listAt(policy, 'bindings').find((line) => line['role'] === INVOKER && textsAt(line, 'members').includes(memberIn(answer))),
    permissions: ['run.services.setIamPolicy'],
    create: ([, answer]) => [
      gcloud(project, ['services', 'identity', 'create', '--service=iap.googleapis.com'], { track: 'beta' }),
      gcloud(project, [...bind, `--member=${memberIn(answer)}`, `--role=${INVOKER}`]),
    ],
  }
}

/** Whoever is not on the list any more is taken off. */
function passers(target: Target, members: readonly string[]): Resource {
  const wanted = [...new Set(members)].toSorted()
  const place = ['--resource-type=backend-services', `--service=${NAME}`]
  const command = (verb: 'add' | 'remove', member: string) => {
    const line = [`--member=${member}`, `--role=${ROLE}`, '--condition=None']
    return gcloud(target.project, ['iap', 'web', `${verb}-iam-policy-binding`, ...place, ...line])
  }
  return {
    id: 'who passes IAP',
    stage: 'balancer',
    // Its policy is that of the backend.
    lane: 'balancer',
    reads: [projectRead(target), policyRead],
    have: ([, policy]) => {
      const present = listAt(policy, 'bindings').filter((line) => line['role'] === ROLE && line['condition'] === undefined)
      const all = present.flatMap((line) => textsAt(line, 'members')).toSorted()
      return all.length === 0 ? null : { members: all }
    },
    want: () => ({ members: wanted }),
    permissions: ['iap.webServices.setIamPolicy'],
    create: () => wanted.map((member) => command('add', member)),
    update: (have) => {
      const present = textsAt(have, 'members')
      return [
        ...wanted.filter((member) => !present.includes(member)).map((member) => command('add', member)),
        ...present.filter((member) => !wanted.includes(member)).map((member) => command('remove', member)),
      ]
    },
  }
}

function policyRead([project]: Answers) {
  const name = `projects/${numberIn(project)}/iap_web/compute/services/${NAME}`
  return { url: `https://iap.googleapis.com/v1/${name}:getIamPolicy`, method: 'POST', body: {} } as const
}
