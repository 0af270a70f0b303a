/** A database of Firestore and a bucket that were made for one run, and are used instead of the stand-ins. */
export interface RealStores {
  readonly project: string
  readonly database: string
  readonly bucket: string
}

/** The names that `verify-live` gives to what it makes for a run. */
const MADE_FOR_A_RUN = /^holdfast-verify-[a-z0-9]{4,12}$/

/**
 * Returns the stores if both were made for the same run. A sandbox writes sessions of people who do not exist, and so it accepts the
 * stores of no installation, which have other names.
 *
 * @throws Error for any other database or bucket
 */
export function storesOfRun({ project, database, bucket }: RealStores): RealStores {
  if (!MADE_FOR_A_RUN.test(database)) throw new Error(`A sandbox uses no database but one of a run. ${database} is none.`)
  if (bucket !== `${project}-${database}`) throw new Error(`The bucket of that run is ${project}-${database}, not ${bucket}.`)
  return { project, database, bucket }
}

/**
 * The variables by which Google's own clients find credentials on Cloud Run, and stand-ins where the job is proven. The sandbox's
 * processes inherit no others of this kind.
 */
const PASSED_ON = ['CLOUD_RUN_JOB', 'FIRESTORE_EMULATOR_HOST', 'STORAGE_EMULATOR_HOST', 'METADATA_SERVER_DETECTION']

/** Returns the variables for the product, and for the preload `name-database.ts`. */
export const realStoresEnvironment = ({ database }: RealStores): Record<string, string> => ({
  ...Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
  SANDBOX_FIRESTORE_DATABASE: database,
})
