import { type AlertTest, alertTestPath, alertTestSchema } from '@holdfast/core/operations/alert-delivery-document'
import { changing } from '@holdfast/core/operations/alerts'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Fields } from '@holdfast/core/platform/ports'
import { installationChannels, openChannel, tenantChannels } from './channels.ts'
import type { AlertDependencies, AlertTaskOutcome } from './alert-dependencies.ts'
import { testTask } from './notice-task.ts'
import { devicesOfTenant, endDevice } from './push-channels.ts'
import { type Sent, sendNotice } from './send-notice.ts'

/** Where a test waits in the queue. */
interface TestRef {
  readonly tenant: string
  readonly test: string
}

const CLOSED: Sent = { outcome: 'refused', problem: 'The channel lacks its secret, or the browser was removed.' }

/** Names the channels of a test and makes a task for each. */
export async function runTest(dependencies: AlertDependencies, { tenant, test: id }: TestRef): Promise<AlertTaskOutcome> {
  const test = await testOf(dependencies, tenant)
  if (test?.id !== id) return 'gone'
  // People test a channel right after they have added it.
  dependencies.tenants.forget(tenant)
  const all = [
    ...(await tenantChannels(dependencies, tenant)),
    ...(test.withInstallation ? installationChannels(dependencies) : []),
  ]
  const names = [...all.map(({ name }) => name), ...(await devicesOfTenant(dependencies, tenant))]
  const channels = names.filter((name) => test.channel === null || test.channel === name)
  await note(dependencies, tenant, id, () => ({ channels }))
  await Promise.all(channels.map((channel) => dependencies.tasks.enqueue(testTask(tenant, id, channel))))
  return 'fanned'
}

/** Sends a test on one channel, once. Its outcome is the answer, so that it is not tried again. */
export async function testChannel(
  dependencies: AlertDependencies,
  { tenant, test: id, channel: name }: TestRef & { readonly channel: string },
): Promise<AlertTaskOutcome> {
  const test = await testOf(dependencies, tenant)
  if (test?.id !== id || test.outcomes[name]) return 'known'
  dependencies.tenants.forget(tenant)
  const channel = await openChannel(dependencies, tenant, name)
  const headline = `TEST Alerts of ${tenant}`
  const text = `${headline}\nThis channel, ${name}, gets alerts of Holdfast.\nTo do: nothing.`
  const payload = { event: 'alert.test', tenant, channel: name }
  const notice = { id: `test-${id}`, headline, text, payload, alert: 'test', isUrgent: true }
  const { outcome, problem, isGone } = channel ? await sendNotice(dependencies, channel, notice) : CLOSED
  if (isGone) await endDevice(dependencies, name)
  await note(dependencies, tenant, id, ({ outcomes }) => ({ outcomes: { ...outcomes, [name]: { outcome, problem } } }))
  return outcome === 'delivered' ? 'delivered' : 'refused'
}

async function testOf({ documents }: AlertDependencies, tenant: string): Promise<AlertTest | null> {
  const path = alertTestPath(tenant)
  const found = await documents.read(path)
  return found && parseStored(alertTestSchema, found.fields, path)
}

/** Writes into the test, unless another one took its place. */
async function note(
  { documents }: AlertDependencies,
  tenant: string,
  id: string,
  change: (test: AlertTest) => Fields,
): Promise<void> {
  const path = alertTestPath(tenant)
  await changing(documents, path, (found) => {
    const test = found && parseStored(alertTestSchema, found.fields, path)
    return test?.id === id ? change(test) : null
  })
}
