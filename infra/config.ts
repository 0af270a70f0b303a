/** What the programs of this folder take from their environment. */
export const processEnvironment = process.env

/** An access token that somebody else has got, e.g. a pipeline. Without it, gcloud is asked. */
export const givenToken = (): string | undefined => process.env['GOOGLE_OAUTH_ACCESS_TOKEN'] || undefined

/**
 * The folder of the files that commands name. Only tests set it, so that two of them do not disturb each other: the real firebase-tools
 * look for the variables of functions where firebase.json says.
 */
export const filesFolder = (): string => process.env['HOLDFAST_FILES'] || 'infra/build'

/** Where Firestore answers over HTTP. Google's own clients find its emulator by the same variable. */
export const firestoreOrigin = (): string => {
  const emulator = process.env['FIRESTORE_EMULATOR_HOST']
  return emulator ? `http://${emulator}` : 'https://firestore.googleapis.com'
}

/** True: Google's clients talk to an emulator of Firestore. */
export const usesEmulator = (): boolean => Boolean(process.env['FIRESTORE_EMULATOR_HOST'])

/** `host:port` of a stand-in for Cloud Tasks, which only tests set. */
export const tasksEmulator = (): string | null => process.env['CLOUD_TASKS_EMULATOR_HOST'] || null

/** The URL below which each function has its name, where it is not the usual one. */
export const givenFunctionsUrl = (): string | undefined => process.env['FUNCTIONS_URL'] || undefined
