/** The region that the functions, their queues and their schedules are deployed to. FUNCTIONS_REGION tells a process of another one. */
export const DEFAULT_REGION = 'us-central1'
