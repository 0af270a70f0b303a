import { DEFAULT_REGION } from '@holdfast/core/platform/region'
import { expr, projectID } from 'firebase-functions/params'
import { setGlobalOptions } from 'firebase-functions/v2'

/** The full address of a service account, because firebase-tools does not expand the short form `holdfast-api@` everywhere. */
export const accountOf = (name: string) => expr`${name}@${projectID}.iam.gserviceaccount.com`

// The options of every function.
setGlobalOptions({
  region: DEFAULT_REGION,
  maxInstances: 20,
  memory: '512MiB',
  serviceAccount: accountOf('holdfast-api'),
})
