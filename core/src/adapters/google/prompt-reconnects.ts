/**
 * Options of a gRPC channel that looks for its server again at least every two seconds. By default the pauses between attempts grow to two
 * minutes, and no request succeeds before the next attempt, although the service has long been back after an outage.
 */
export const PROMPT_RECONNECTS = { 'grpc.max_reconnect_backoff_ms': 2000 }
