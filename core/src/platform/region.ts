/** The region of the functions and of what is deployed with them, unless FUNCTIONS_REGION names another one. */
export const DEFAULT_REGION = 'us-central1'
