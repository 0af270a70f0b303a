/** Replaces a method of an object. `make` gets the original method, so that the new one can call it. */
export function replace<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  make: (original: Owner[Name]) => Owner[Name],
): void {
  owner[name] = make(owner[name])
}
