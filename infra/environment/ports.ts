/** Ports that Cloud NAT has on one address, without those below 1024. */
const PORTS_OF_ADDRESS = 64_512

/** Google's least number. */
const LEAST_PORTS = 64

/**
 * Returns the ports that one runner gets. Its connections go to few addresses of WhatsApp, so that each needs a port of its own; the same
 * number again is for those that are made anew, because a port rests for two minutes.
 */
export const portsOfRunner = (maxConnections: number): number => Math.max(LEAST_PORTS, 2 * maxConnections + LEAST_PORTS)

/** Returns how many runners one address serves. In a change of the revision there are twice as many. */
export const instancesOfOneAddress = (maxConnections: number): number =>
  Math.floor(PORTS_OF_ADDRESS / portsOfRunner(maxConnections) / 2)
