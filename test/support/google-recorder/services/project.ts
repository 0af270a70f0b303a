import { things } from '../things.ts'
import {
  alreadyExists,
  type Answer,
  type Call,
  done,
  failure,
  type Fields,
  notFound,
  now,
  ok,
  PROJECT,
  PROJECT_NUMBER,
  type World,
} from '../world.ts'

/** The project itself: its services, accounts, roles, billing, and what firebase-tools asks about it. */

export function serviceUsage({ method, path, body, host }: Call, world: World): Answer {
  const describe = (name: string) => ({
    name: `projects/${PROJECT_NUMBER}/services/${name}`,
    config: { name },
    state: world.enabled.has(name) ? 'ENABLED' : 'DISABLED',
    parent: `projects/${PROJECT_NUMBER}`,
  })
  if (path.endsWith('/services:batchEnable')) {
    const names = body['serviceIds'] as string[]
    for (const name of names) world.enabled.add(name)
    return done(world, { services: names.map(describe) }, { type: 'google.api.serviceusage.v1.BatchEnableServicesResponse' })
  }
  const one = /\/services\/([^/:]+)(:enable)?$/.exec(path)?.[1]
  if (one !== undefined && method === 'POST') {
    world.enabled.add(one)
    return done(world, { service: describe(one) }, { type: 'google.api.serviceusage.v1.EnableServiceResponse' })
  }
  if (one !== undefined && method === 'GET') return ok(describe(one))
  if (path.endsWith('/services')) return ok({ services: [...world.enabled].map(describe) })
  if (/generateServiceIdentity|serviceIdentity/.test(path)) {
    const name = /services\/([^/:]+)/.exec(path)?.[1]?.split('.')[0] ?? 'service'
    const email = `service-${PROJECT_NUMBER}@gcp-sa-${name}.iam.gserviceaccount.com`
    return done(world, { email, uniqueId: '1' }, { type: 'google.api.serviceusage.v1beta1.ServiceIdentity' })
  }
  return things({ method, path, body, host } as Call, world)
}

export function resourceManager(call: Call, world: World): Answer {
  if (call.method === 'POST' && call.path.endsWith('/projects')) return done(world, { projectId: PROJECT })
  if (call.path.endsWith(':getEffectiveOrgPolicy')) return ok(world.things.get('answer:organisation') ?? {})
  if (call.method !== 'GET' || !/\/projects\/[^/:]+$/.test(call.path)) return things(call, world)
  const name = call.path.startsWith('/v3') ? `projects/${PROJECT_NUMBER}` : PROJECT
  const states = { lifecycleState: 'ACTIVE', state: 'ACTIVE' }
  return ok({ projectId: PROJECT, projectNumber: PROJECT_NUMBER, name, displayName: PROJECT, ...states })
}

export function iam(call: Call, world: World): Answer {
  const { host, path, method, body } = call
  if (method === 'POST' && path.endsWith('/serviceAccounts')) {
    const email = `${String(body['accountId'])}@${PROJECT}.iam.gserviceaccount.com`
    if (world.hasAccount(email)) return alreadyExists(email)
    const name = `projects/${PROJECT}/serviceAccounts/${email}`
    const account = {
      name,
      projectId: PROJECT,
      uniqueId: String(100_000 + world.serial()),
      email,
      ...(body['serviceAccount'] as Fields),
    }
    world.things.set(`${host}/v1/${name}`, account)
    return ok(account)
  }
  if (method === 'POST' && path.endsWith('/roles')) {
    const key = `${host}${path}/${String(body['roleId'])}`
    if (world.things.has(key)) return alreadyExists(key)
    const role = { name: `projects/${PROJECT}/roles/${String(body['roleId'])}`, etag: world.etag(), ...(body['role'] as Fields) }
    world.things.set(key, role)
    return ok(role)
  }
  const sent = body['serviceAccount']
  if (method === 'PATCH' && sent !== undefined) return things({ ...call, body: sent as Fields }, world)
  if (path === '/v1/permissions:queryTestablePermissions') return ok({ permissions: [] })
  // An account is found without its project, too.
  const inProject = { ...call, path: path.replace('/projects/-/', `/projects/${PROJECT}/`) }
  return things(inProject, world, path.endsWith('/serviceAccounts') ? { listKey: 'accounts' } : {})
}

/** Tokens of accounts, for whoever may act as them. */
export function iamCredentials({ path, body }: Call, world: World): Answer {
  const [, email = '', verb] = /\/serviceAccounts\/([^/:]+):(\w+)$/.exec(path) ?? []
  if (world.things.has('answer:not trusted')) {
    return failure(403, 'PERMISSION_DENIED', "Permission 'iam.serviceAccounts.getAccessToken' denied on resource.")
  }
  if (!world.hasAccount(email)) return notFound(email)
  if (verb === 'generateIdToken') return ok({ token: `identity:${email}:${String(body['audience'])}` })
  return ok({ accessToken: `recorded:${email}`, expireTime: now() })
}

/** Accounts that pay, by their ids. */
const BILLING_ACCOUNTS: Readonly<Record<string, string>> = {
  '01AB23-45CD67-89EF01': 'Recorded',
  '02BC34-56DE78-9AF012': 'Another one',
}

const BILLING = `cloudbilling.googleapis.com/v1/projects/${PROJECT}/billingInfo`

const accountNamed = (name: string): Fields | null => {
  const displayName = BILLING_ACCOUNTS[name.replace('billingAccounts/', '')]
  return displayName === undefined ? null : { name, displayName, open: true, masterBillingAccount: '' }
}

/** Google refuses accounts that are not there as it refuses those of others. */
const DENIED = failure(403, 'PERMISSION_DENIED', 'The caller does not have permission')

export function billing(call: Call, world: World): Answer {
  const { method, path, body } = call
  if (path.endsWith('/billingAccounts')) {
    return ok({ billingAccounts: Object.keys(BILLING_ACCOUNTS).map((id) => accountNamed(`billingAccounts/${id}`)) })
  }
  const account = /\/(billingAccounts\/[^/:]+)$/.exec(path)?.[1]
  if (account !== undefined) return (method === 'GET' ? known(accountNamed(account)) : null) ?? DENIED
  if (!path.endsWith('/billingInfo')) return things(call, world)
  if (method === 'PUT') {
    const { billingAccountName: name = '' } = body as { billingAccountName?: string }
    if (name !== '' && accountNamed(name) === null) return DENIED
    world.things.set(BILLING, { billingAccountName: name, billingEnabled: name !== '' })
  }
  const linked = world.things.get(BILLING) ?? { billingAccountName: 'billingAccounts/01AB23-45CD67-89EF01', billingEnabled: true }
  return ok({ name: `projects/${PROJECT}/billingInfo`, projectId: PROJECT, ...linked, ...world.things.get('answer:billing') })
}

const known = (thing: Fields | null): Answer | null => (thing === null ? null : ok(thing))

export function firebase({ method, path, ...call }: Call, world: World): Answer {
  if (method === 'GET' && path.endsWith('/adminSdkConfig')) {
    return ok({ projectId: PROJECT, storageBucket: `${PROJECT}.appspot.com`, locationId: 'us-central' })
  }
  if (method === 'POST' && path.endsWith(':addFirebase')) {
    return done(world, { projectId: PROJECT, projectNumber: PROJECT_NUMBER, displayName: PROJECT })
  }
  if (method === 'GET' && /\/projects\/[^/:]+$/.test(path)) {
    if (world.things.has('answer:no firebase')) return notFound(path)
    return ok({ projectId: PROJECT, projectNumber: PROJECT_NUMBER, name: `projects/${PROJECT}`, state: 'ACTIVE', resources: {} })
  }
  return things({ ...call, method, path }, world)
}
