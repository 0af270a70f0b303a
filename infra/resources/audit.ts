import { projectPolicy } from './access.ts'
import { gcloud } from './command.ts'
import { isFields, listAt } from './fields.ts'
import type { Answers, Resource } from './resource.ts'
import type { Target } from './target.ts'

/** Google's name of Firestore here is that of Datastore. */
const SERVICES = ['datastore.googleapis.com', 'secretmanager.googleapis.com', 'storage.googleapis.com'] as const

/** Writes to documents and objects are many, and their owners are known: only who reads is logged, but all that is done with secrets. */
const KINDS = {
  'datastore.googleapis.com': ['DATA_READ'],
  'secretmanager.googleapis.com': ['DATA_READ', 'DATA_WRITE'],
  'storage.googleapis.com': ['DATA_READ'],
} as const

const wantedOf = (service: keyof typeof KINDS) => ({ service, auditLogConfigs: KINDS[service].map((logType) => ({ logType })) })

/** Who read data is logged, if the environment says so. */
export function audit(target: Target): readonly Resource[] {
  if (!target.environment.audit.dataAccess) return []
  const { project } = target
  const file = target.file('policy.json')
  const policy = projectPolicy(target)
  // gcloud knows no smaller command: the policy goes back as it was read, and Google refuses it if it has changed since.
  const write = ([answer]: Answers) => {
    const others = listAt(answer, 'auditConfigs').filter(({ service }) => !SERVICES.some((one) => one === service))
    const content = { ...(isFields(answer) ? answer : {}), auditConfigs: [...others, ...SERVICES.map(wantedOf)] }
    return gcloud(project, ['projects', 'set-iam-policy', project, file], { files: { [file]: content } })
  }
  return [
    {
      id: 'log of who reads data',
      stage: 'invokers',
      reads: [policy.read],
      have: ([answer]) => {
        const configs = listAt(answer, 'auditConfigs')
        return configs.length === 0 ? null : Object.fromEntries(configs.map((one) => [String(one['service']), one]))
      },
      want: () => Object.fromEntries(SERVICES.map((service) => [service, wantedOf(service)])),
      permissions: [policy.permission],
      create: (answers) => [write(answers)],
      update: (_have, answers) => [write(answers)],
    },
  ]
}
