import { expr, projectID } from 'firebase-functions/params'
import { setGlobalOptions } from 'firebase-functions/v2'

// The options of every function.
setGlobalOptions({
  region: 'us-central1',
  maxInstances: 20,
  memory: '512MiB',
  // The full address, because firebase-tools does not expand the short form `holdfast-api@` everywhere.
  serviceAccount: expr`holdfast-api@${projectID}.iam.gserviceaccount.com`,
})
