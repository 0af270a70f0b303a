import { things } from '../things.ts'
import { type Answer, type Call, failure, ok, PROJECT, type World } from '../world.ts'
import { artifactRegistry, cloudBuild, cloudScheduler, cloudTasks, functions, isOpen, run } from './compute.ts'
import { compute, iap } from './network.ts'
import { billing, firebase, iam, iamCredentials, resourceManager, serviceUsage } from './project.ts'
import { firebaseRules, firestore, kms, secretManager, storage } from './stores.ts'
import { budgets, logging, monitoring } from './watch.ts'

type Service = (call: Call, world: World) => Answer

const token = (): Answer => ok({ access_token: 'recorded', expires_in: 3600, token_type: 'Bearer', email: 'someone@example.com' })

const SERVICES: Readonly<Record<string, Service>> = {
  'artifactregistry.googleapis.com': artifactRegistry,
  'billingbudgets.googleapis.com': budgets,
  'cloudbilling.googleapis.com': billing,
  'cloudbuild.googleapis.com': cloudBuild,
  'cloudfunctions.googleapis.com': functions,
  'cloudkms.googleapis.com': kms,
  'cloudresourcemanager.googleapis.com': resourceManager,
  'compute.googleapis.com': compute,
  'cloudscheduler.googleapis.com': cloudScheduler,
  'cloudtasks.googleapis.com': cloudTasks,
  'eventarc.googleapis.com': things,
  'firebase.googleapis.com': firebase,
  'firebaseextensions.googleapis.com': () => ok({ instances: [] }),
  'firebaserules.googleapis.com': firebaseRules,
  'firestore.googleapis.com': firestore,
  'iam.googleapis.com': iam,
  'iap.googleapis.com': iap,
  'iamcredentials.googleapis.com': iamCredentials,
  'logging.googleapis.com': logging,
  'monitoring.googleapis.com': monitoring,
  'oauth2.googleapis.com': token,
  'pubsub.googleapis.com': things,
  'run.googleapis.com': run,
  'secretmanager.googleapis.com': secretManager,
  'serviceusage.googleapis.com': serviceUsage,
  'storage.googleapis.com': storage,
  'www.googleapis.com': token,
}

/** Those that answer for a project in which nobody has enabled them: tools ask them in a project of their own. */
const ALWAYS = new Set(
  ['cloudresourcemanager', 'cloudbilling', 'iamcredentials', 'oauth2', 'www', 'firebase'].map((name) => `${name}.googleapis.com`),
)

/** Services that tell people whether a project is there. Google says the same about one of others and one that nobody has. */
const TELL_OF_PROJECTS = new Set(['cloudresourcemanager', 'cloudbilling', 'serviceusage'].map((name) => `${name}.googleapis.com`))

function isOfOthers({ host, path }: Call): boolean {
  const project = /\/projects\/([^/:]+)/.exec(path)?.[1]
  return TELL_OF_PROJECTS.has(host) && project !== undefined && project !== PROJECT
}

export function answer(call: Call, world: World): Answer {
  const { host, path } = call
  const operation = /\/((?:projects\/.*)?operations\/recorder-\d+)$/.exec(path)?.[1]
  const known = operation === undefined ? undefined : world.things.get(`operation:${operation}`)
  if (known) return ok(known)
  if (host.endsWith('.run.app') && !isOpen(host, world)) return failure(404, 'NOT_FOUND', 'Page not found')
  if (/\.(run\.app|example\.com)$/.test(host)) return ok(world.things.get('answer:health') ?? { status: 'healthy' })
  if (isOfOthers(call)) return failure(403, 'PERMISSION_DENIED', 'The caller does not have permission')
  const service = SERVICES[host]
  if (!service) return failure(404, 'NOT_FOUND', `Nothing stands in for ${host}.`)
  if (!ALWAYS.has(host) && !world.enabled.has(host)) {
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED', domain: 'googleapis.com' },
    ]
    return failure(403, 'PERMISSION_DENIED', `${host} has not been used in project before or it is disabled.`, details)
  }
  return service(call, world)
}
