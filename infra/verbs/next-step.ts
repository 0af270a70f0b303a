/** Says which command comes next, at the end of one. */
export const nextStep = (verb: 'apply' | 'doctor'): string =>
  verb === 'apply'
    ? 'Next: `npm run infra -- apply` (with the same --environment and --only, if any).'
    : 'Next: `npm run infra -- doctor` (with the same --environment, if any).'
